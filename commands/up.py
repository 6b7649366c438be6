"""`./suishi up`: a local system that lives on after the command, for development only."""

from typing import Annotated

import typer
from rich.cells import cell_len, set_cell_size

from audit.seal.keys import public_keys
from audit.seal.note import origin, verifier
from commands.app import app, out, steps
from commands.pack import check_pack
from commands.service_settings import check_settings
from commands.started_with import recall, remember
from commands.system import anything_runs, everything_runs, folder, started, stop
from local.folder import only_one
from local.language import say
from local.problem import Problem
from local.seal import seal_of
from local.services import Service, settings, start_all
from local.stack import Stack
from pipeline.kafka import MECHANISM
from schemas.access import RIGHTS
from schemas.topics import SERVICES

Rows = list[tuple[str, str]]


@app.command(
    help=say(
        "启动本地系统（数据保存在 .local/），已在运行则只显示地址。", "Start a lasting local system under .local/. Harmless when it runs."
    )
)
def up(
    *,
    login: Annotated[
        str,
        typer.Option(help=say("只显示该用户（如一个部门）登录 Kafka 的方式", "show only how this user, say a department, comes to Kafka")),
    ] = "",
) -> None:
    if login and login not in RIGHTS:
        users = ", ".join(sorted(RIGHTS))
        raise Problem(say(f"没有用户 {login}；可用：{users}", f"there is no user {login}; there are: {users}"))
    check_settings()
    check_pack()  # what is said now; below, what was said at the first start and may be of a release before
    recall(folder())
    check_pack()
    with only_one(folder()):
        alone = not anything_runs()
        try:
            stack, services = _start()
        except BaseException:
            if alone:
                steps.print(say("正在停止已启动的部分……", "stopping what was started ..."), highlight=False)
                stop()
            raise
    if login:
        show(login_of(login, stack))
    else:
        show(places(stack, services))
        out.print(say("仅供开发使用。停止：./suishi down", "development only. Stop with: ./suishi down"), highlight=False)


def _start() -> tuple[Stack, list[Service]]:
    if everything_runs():
        steps.print(say("全部已在运行。", "everything runs already."), highlight=False)
        stack = started()
        return stack, start_all(stack, folder())
    steps.print(say("正在启动 PostgreSQL 与 Kafka……", "starting PostgreSQL and Kafka ..."), highlight=False)
    stack = started()
    steps.print(say("正在启动三个服务与封存进程……", "starting the three services and the sealer ..."), highlight=False)
    services = start_all(stack, folder())
    remember(folder())
    return stack, services


def login_of(user: str, stack: Stack) -> Rows:
    """What a client of Kafka's has to be told; a Problem where the servers are not ours, and so neither the passwords."""
    if stack.secrets is None:
        zh = "Kafka 由 SUISHI_KAFKA 指定；其用户的密码请向管理员索取。"
        raise Problem(say(zh, "SUISHI_KAFKA names a Kafka that is not ours; ask its administrator for the passwords of its users."))
    kafka = stack.kafka_as(user)
    return [
        (say("服务器", "servers"), kafka.servers),
        (say("用户", "user"), kafka.user),
        (say("密码", "password"), kafka.password),
        (say("认证方式", "mechanism"), f"SASL_PLAINTEXT {MECHANISM}"),
    ]


def places(stack: Stack, services: list[Service]) -> Rows:
    """Where everything is, and who comes to it how."""
    rows = [("Kafka", f"{stack.kafka}  {say('部门登录：', 'login of a department:')} ./suishi up --login medical-insurance")]
    rows.append(("PostgreSQL", stack.database))
    if stack.administrator:
        rows.append((say("超级用户", "superuser"), stack.administrator))
    if stack.secrets is not None:
        rows.append((say("审计员", "auditor"), stack.database_as("suishi_auditor")))
    rows += [(service.name, f"http://{service.address}/health/ready  /metrics") for service in services]
    rows += [(say(f"封存公钥 {name}", f"seal key of {name}"), key) for name, key in _verifiers()]
    rows.append((say("保险库密钥", "vault key"), settings(stack, folder())["SUISHI_VAULT_KEY"]))
    rows.append((say("数据目录", "data folder"), str(folder())))
    return rows


def _verifiers() -> list[tuple[str, str]]:
    """By which others check what was sealed, each log by its name; none where the environment says with which key."""
    public = seal_of(folder()).public
    return [(service, verifier(origin(service), public_keys(public)[-1])) for service in SERVICES] if public.exists() else []


def show(rows: Rows) -> None:
    """A line for each name and its value."""
    width = max(cell_len(name) for name, _ in rows)
    for name, value in rows:
        out.print(f"{set_cell_size(name, width)}  {value}", markup=False, highlight=False)
