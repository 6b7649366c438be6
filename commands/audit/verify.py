"""`./suishi audit verify`: the three logs from first to last, held against their seals."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Final

import typer

from audit.seal.copies import FILE, TOPIC, UNKNOWN_KEYS, UP_TO
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
        _tell_what_is_missing(verdicts)
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
    FILE.name: (f"{FILE.zh}（请用 --file 指定）", f"{FILE.en} (name it with --file)"),
    TOPIC.name: (TOPIC.zh, TOPIC.en),
}


def _tell_what_is_missing(verdicts: Mapping[str, Verdict]) -> None:
    missing = {name for verdict in verdicts.values() for name in verdict.not_compared}
    names = [say(*words) for name, words in MISSING.items() if name in missing]
    names += [part for service, verdict in verdicts.items() for part in _parts(service, verdict)]
    if names:
        out.print(say(f"未比对：{'、'.join(names)}", f"not compared: {', '.join(names)}"), markup=False, highlight=False)


def _parts(service: str, verdict: Verdict) -> Iterator[str]:
    """What of the copies that were there was not compared."""
    for place in (FILE, TOPIC):
        for said in verdict.not_compared:
            name, _, how = said.partition(": ")
            if name == place.name and how == UNKNOWN_KEYS:
                yield say(f"{service} 的{place.zh}中由其他密钥签名的检查点", f"what other keys signed of {service} in {place.en}")
            elif name == place.name and how:
                size = how.removeprefix(f"{UP_TO} ")
                yield say(f"{service} 第 {size} 条之后（{place.zh}到此为止）", f"{service} behind position {size}, where {place.en} ends")
