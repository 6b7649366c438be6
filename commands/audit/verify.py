"""`./suishi audit verify`: the three logs from first to last, and every read model."""

from dataclasses import asdict

import orjson
import typer

from audit.verify import Verdict, verify_all
from commands.app import out
from commands.audit.group import audit
from commands.options import Json
from commands.reach import database, from_database
from local.language import say


@audit.command(
    "verify",
    help=say("从头到尾核验三个服务的日志与读模型。", "Verify the three logs from first to last, and every read model."),
)
def verify_logs(*, as_json: Json = False) -> None:
    dsn = database()
    verdicts: dict[str, Verdict] = {}
    with from_database(dsn):
        for service, verdict in verify_all(dsn):
            verdicts[service] = verdict
            if not as_json:
                out.print(_line(service, verdict), markup=False, highlight=False)
    ok = all(verdict.ok for verdict in verdicts.values())
    if as_json:
        services = {name: asdict(verdict) for name, verdict in verdicts.items()}
        out.print_json(orjson.dumps({"ok": ok, "services": services}).decode())
    if not ok:
        raise typer.Exit(1)


def _line(service: str, verdict: Verdict) -> str:
    size = say(f"{verdict.positions} 条", f"{verdict.positions} positions")
    if verdict.ok:
        return f"✓ {service:<13}  {size}"
    place = "" if verdict.first_bad is None else say(f"第 {verdict.first_bad} 条：", f"position {verdict.first_bad}: ")
    return f"✗ {service:<13}  {place}{verdict.problem}"
