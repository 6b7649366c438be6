"""`./suishi up`: a local system that lives on after the command, for development only."""

from commands.app import app, out, steps
from commands.system import anything_runs, folder, started, stop
from local.folder import only_one
from local.language import say
from local.services import Service, settings, start_all
from local.stack import Stack


@app.command(
    help=say(
        "启动本地系统（数据保存在 .local/），已在运行则只显示地址。", "Start a lasting local system under .local/. Harmless when it runs."
    )
)
def up() -> None:
    with only_one(folder()):
        alone = not anything_runs()
        try:
            stack, services = _start()
        except BaseException:
            if alone:
                steps.print(say("正在停止已启动的部分……", "stopping what was started ..."), highlight=False)
                stop()
            raise
    _show(stack, services)


def _start() -> tuple[Stack, list[Service]]:
    steps.print(say("正在启动 PostgreSQL 与 Kafka……", "starting PostgreSQL and Kafka ..."), highlight=False)
    stack = started()
    steps.print(say("正在启动三个服务……", "starting the three services ..."), highlight=False)
    return stack, start_all(stack, folder())


def _show(stack: Stack, services: list[Service]) -> None:
    rows = [("Kafka", stack.kafka), ("PostgreSQL", stack.database)]
    if stack.administrator:
        rows.append((say("超级用户", "superuser"), stack.administrator))
    rows += [(service.name, f"http://{service.address}/health/ready  /metrics") for service in services]
    rows.append((say("保险库密钥", "vault key"), settings(stack, folder())["SUISHI_VAULT_KEY"]))
    rows.append((say("数据目录", "data folder"), str(folder())))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        out.print(f"{name:<{width}}  {value}", markup=False, highlight=False)
    out.print(say("仅供开发使用。停止：./suishi down", "development only. Stop with: ./suishi down"), highlight=False)
