"""`./suishi audit verify`: the three logs from first to last, held against their seals."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Final

import typer

from audit.verify import Verdict, verify_all
from commands.app import out
from commands.audit.group import audit
from commands.audit.witness import CopyFile, PublicKeys, evidence_of, from_keys
from commands.options import Json
from commands.progress import Bars
from commands.reach import database, from_database
from commands.showing import show, show_json
from local.language import say


@audit.command(
    "verify",
    help=say("从头到尾核验三个服务的日志与封存。", "Verify the three logs from first to last, and hold them against their seals."),
)
def verify_logs(*, key: PublicKeys = None, file: CopyFile = None, as_json: Json = False) -> None:
    dsn, evidence = database(), evidence_of(key or [], file)
    verdicts: dict[str, Verdict] = {}
    with from_keys(), from_database(dsn), Bars() as bars:
        for service, verdict in verify_all(dsn, evidence, bars.heard):
            verdicts[service] = verdict
            if not as_json:
                show([_line(service, verdict)])
    ok = all(verdict.ok for verdict in verdicts.values())
    if as_json:
        services = {name: asdict(verdict) for name, verdict in verdicts.items()}
        show_json({"ok": ok, "services": services})
    else:
        _tell_what_is_missing({name for verdict in verdicts.values() for name in verdict.not_compared})
    if not ok:
        raise typer.Exit(1)


def _line(service: str, verdict: Verdict) -> str:
    sealed = say(f"已封存 {verdict.sealed} 条", f"{verdict.sealed} sealed")
    if verdict.ok:
        return f"✓ {service:<13}  {say(f'{verdict.positions} 条', f'{verdict.positions} positions')}  {sealed}"
    if verdict.first_bad is None:
        return f"✗ {service:<13}  {verdict.problem}"
    before = say(f"此前 {verdict.positions} 条在位，{sealed}", f"{verdict.positions} before it are in their places, {sealed}")
    place = say(f"第 {verdict.first_bad} 条：{verdict.problem}（{before}）", f"position {verdict.first_bad}: {verdict.problem} ({before})")
    return f"✗ {service:<13}  {place}"


MISSING: Final = {
    "signatures": ("签名（请用 --key 指定公钥文件）", "signatures (name the file of public keys with --key)"),
    "file": ("检查点文件（请用 --file 指定）", "the file of checkpoints (name it with --file)"),
    "topic": ("Kafka 主题", "the Kafka topic"),
}


def _tell_what_is_missing(missing: Collection[str]) -> None:
    names = [say(*words) for name, words in MISSING.items() if name in missing]
    if names:
        out.print(say(f"未比对：{'、'.join(names)}", f"not compared: {', '.join(names)}"), markup=False, highlight=False)
