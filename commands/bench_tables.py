"""What `./suishi bench` says of a comparison: rates with their ratios and goals, and how long a fact takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from rich.table import Table

from local.language import say


class Row(NamedTuple):
    """A line of the table: the document's part, its peer's name there, and the goals where there are any."""

    part: str
    label: tuple[str, str]
    peer: str | None
    of_limit: float | None = None
    of_peer: float | None = None


ROWS: Final = (
    Row("pipeline", ("事实到事件", "facts to events"), "naive", 0.3, 30.0),
    Row("append_batch", ("按百条追加", "append by 100"), "library", 0.4, 4.0),
    Row("append_one", ("逐条追加", "append one by one"), "library", of_peer=2.0),
    Row("replay", ("重放", "replay"), "library", of_peer=2.0),
    Row("rebuild", ("重建读模型", "rebuild read models"), "library", of_peer=2.0),
    Row("verify", ("核验日志", "verify the log"), None, of_limit=0.5),
)
RATES: Final = (
    ("", ""), ("本系统", "ours"), ("同类", "peer"), ("极限", "limit"),
    ("本系统/极限", "ours/limit"), ("目标", "goal"), ("本系统/同类", "ours/peer"), ("目标", "goal"),
)  # fmt: skip
HOPS: Final = (
    ("late", ("其中发送方迟到", "of it our sender was late")),
    ("send", ("发送到 Kafka 确认", "sent to acknowledged by Kafka")),
    ("decide", ("入 Kafka 到决定并入库", "on Kafka to decided and stored")),
    ("publish", ("入库到事件上 Kafka", "stored to event on Kafka")),
    ("read", ("上 Kafka 到被读取", "event on Kafka to read")),
    ("end_to_end", ("全程", "end to end")),
)


def rates(document: Mapping[str, Any]) -> Table:
    shown = table(("每秒条数与比值", "Rates per second, and their ratios"), RATES)
    for row in ROWS:
        of = document[row.part]
        rate, peer, limit = of["ours"], of[row.peer] if row.peer else None, of.get("limit")
        above, share = (f"{limit:,}", f"{rate / limit:.2f}") if limit else ("", "")
        beside, times = (f"{peer:,}", f"{rate / peer:.1f}") if peer else ("", "")
        shown.add_row(say(*row.label), f"{rate:,}", beside, above, share, _goal(row.of_limit), times, _goal(row.of_peer))
    return shown


def hops(document: Mapping[str, Any]) -> Table:
    """A fact under load; every time counts from the instant at which the fact was due."""
    loads: Mapping[str, Any] = document["latency_at"]
    headings = [("", "")]
    for share, load in loads.items():
        rate = f"{load['per_second']:,}"
        headings += [(f"{share}%（每秒 {rate}）p50", f"at {share} % ({rate}/s) p50"), ("p99", "p99")]
    shown = table(("持续负载下的时延（毫秒）", "Milliseconds under a steady load"), headings)
    for name, label in HOPS:
        shown.add_row(say(*label), *(f"{load[name][point]:,}" for load in loads.values() for point in ("p50", "p99")))
    return shown


def lines(document: Mapping[str, Any]) -> list[str]:
    """The latency of one fact at a time, that of letters, and the verdict."""
    trip, rate = document["latency_ms"], document["pipeline"]
    of_limit, of_peer = rate["ours"] / rate["limit"], rate["ours"] / rate["naive"]
    ours, bare = f"p50 {trip['p50']}, p99 {trip['p99']}", f"p50 {trip['bare_p50']}, p99 {trip['bare_p99']}"
    return [
        say(
            f"逐条发送，事实到事件（毫秒）: {ours}；单纯经 Kafka 往返: {bare}",
            f"one fact at a time, fact to event (ms): {ours}; a bare round trip through Kafka: {bare}",
        ),
        *letters(document.get("letters_ms", {})),
        say(
            f"{document['facts']} 条事实，达极限的 {of_limit:.2f}，为朴素做法的 {of_peer:.1f} 倍。",
            f"{document['facts']} facts, {of_limit:.2f} of the limit, {of_peer:.1f} times the naive peer.",
        ),
        verdict(document),
    ]


def letters(measured: Mapping[str, Any]) -> list[str]:
    """From fact to letter, with the hops between; nothing where none were sent."""
    if not measured:
        return []
    whole, bare = measured["end_to_end"], measured["bare"]
    said = [
        (zh, en, measured[name]["p50"])
        for name, zh, en in (
            ("decide", "决定", "decided"),
            ("route", "分发", "routed"),
            ("lease", "租约", "leased"),
            ("leave", "发出", "sent"),
        )
    ]
    rate, ours, trip = measured["per_second"], f"p50 {whole['p50']}, p99 {whole['p99']}", f"p50 {bare['p50']}, p99 {bare['p99']}"
    return [
        say(
            f"每秒 {rate} 条事实，事实到信件（毫秒）: {ours}（{'，'.join(f'{zh} {at}' for zh, _, at in said)}）；单纯经 Kafka 往返: {trip}",
            f"at {rate} facts a second, fact to letter (ms): {ours} ({', '.join(f'{en} {at}' for _, en, at in said)});"
            f" a bare round trip through Kafka: {trip}",
        )
    ]


def verdict(document: Mapping[str, Any]) -> str:
    """Every goal that is missed by its name, with what was reached."""
    missed = list(_missed(document))
    if not missed:
        return say("达到全部目标。", "every goal is reached.")
    return say("未达到目标：", "goals missed: ") + say("；", "; ").join(missed)


def _missed(document: Mapping[str, Any]) -> Iterator[str]:
    for row in ROWS:
        of = document[row.part]
        for goal, other, against in ((row.of_limit, "limit", ("极限", "limit")), (row.of_peer, row.peer, ("同类", "peer"))):
            if goal is not None and other is not None and of["ours"] / of[other] < goal:
                reached = f"{of['ours'] / of[other]:.2f} (≥ {goal:g})"
                yield say(f"{row.label[0]}/{against[0]} {reached}", f"{row.label[1]}/{against[1]} {reached}")


def table(title: tuple[str, str], headings: Sequence[tuple[str, str]]) -> Table:
    """Columns of figures; one without a heading holds names."""
    made = Table(title=say(*title), show_edge=False)
    for heading in headings:
        made.add_column(say(*heading), justify="right" if heading[0] else "left")
    return made


def _goal(goal: float | None) -> str:
    return f"≥ {goal:g}" if goal is not None else ""
