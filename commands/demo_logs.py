"""How the demo tells what an auditor would find of the logs."""

from collections.abc import Iterator, Mapping
from typing import Final

from audit.replay import Replayed
from audit.verdict import Verdict

CHINESE: Final = {
    "sealed to the head": "全部日志已封存至末位",
    "log of enrollment verified": "纳入服务的日志核验通过",
    "log of assistance verified": "帮扶服务的日志核验通过",
    "log of notifications verified": "通知服务的日志核验通过",
    "read models of enrollment = its log": "纳入服务的读模型与日志逐字节相符",
    "read models of assistance = its log": "帮扶服务的读模型与日志逐字节相符",
    "read models of notifications = its log": "通知服务的读模型与日志逐字节相符",
}


def problems(verdicts: Mapping[str, Verdict], replayed: Mapping[str, Replayed]) -> Iterator[str]:
    """A line for each log that is not as it was sealed, and for each whose read models are not what follows from it."""
    for service, verdict in verdicts.items():
        if not verdict.ok:
            yield f"{service}: {verdict.problem} (position {verdict.first_bad})"
    for service, one in replayed.items():
        if not one.ok:
            yield f"{service}: {one.problem or one.differences[0]}"
