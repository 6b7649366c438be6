"""What the rules of data quality find, each a question to one household; unknown is never false: what nobody told is not objected to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, NamedTuple

from audit.quality.figures import Figures
from audit.quality.row import Exit, Row
from services.enrollment.domain.pack.working_days import WorkingDays

PERIODS: Final = WorkingDays()


class Seen(NamedTuple):
    """A household on the local date `on`, with the figures of its present pack; `figures_of` gives those of another one by its name."""

    row: Row
    on: date
    figures: Figures
    figures_of: Callable[[str], Figures]


# --- Enrolled households ---


def no_measure(seen: Seen) -> bool:
    now = seen.row.enrolment
    if now is None or any(measure.under_way for measure in now.plan):
        return False
    return seen.on > PERIODS.after(now.since, seen.figures.no_measure.months, "months")


def risk_unanswered(seen: Seen) -> bool:
    now = seen.row.enrolment
    return now is not None and not now.risks <= frozenset[str]().union(*(measure.answers for measure in now.plan))


def destitute_unsupported(seen: Seen) -> bool:
    now, figures = seen.row.enrolment, seen.figures.destitute_unsupported
    return now is not None and bool(seen.row.benefits & figures.benefits) and not any(one.kind in figures.kinds for one in now.plan)


def labour_not_flagged(seen: Seen) -> bool:
    """Who can work is told by member; where it is not told of one, the household does not count as without labour."""
    row = seen.row
    unflagged = not _can_work(row) and any(capacity is None for capacity in row.labour)
    return row.enrolment is not None and unflagged and bool(row.benefits & seen.figures.labour_not_flagged.benefits)


def work_without_labour(seen: Seen) -> bool:
    row = seen.row
    nobody = bool(row.labour) and all(capacity == "none" for capacity in row.labour)
    return row.enrolment is not None and nobody and bool(row.enrolment.risks & seen.figures.work_without_labour.risks)


def transfer_income_zero(seen: Seen) -> bool:
    row = seen.row
    return row.enrolment is not None and row.transfer_fen == 0 and bool(row.benefits & seen.figures.transfer_income_zero.benefits)


def other_without_remark(seen: Seen) -> bool:
    now = seen.row.enrolment
    return now is not None and bool(now.risks & seen.figures.other_without_remark.risks - now.explained)


def too_many_risks(seen: Seen) -> bool:
    now = seen.row.enrolment
    return now is not None and len(now.risks) > now.most_risks


def _can_work(row: Row) -> bool:
    return any(capacity in {"partial", "full"} for capacity in row.labour)


# --- Households outside ---


def water_not_watched(seen: Seen) -> bool:
    return not seen.row.watched and bool(seen.row.signals & seen.figures.water_not_watched.signals)


# --- Exits ---


def _by_help(seen: Seen) -> Iterator[tuple[Exit, Figures]]:
    """Each with the figures of the pack under which it was decided."""
    return ((one, seen.figures_of(one.pack)) for one in seen.row.exits if one.method == "help")


def exit_too_soon(seen: Seen) -> bool:
    return any(one.on < PERIODS.after(one.since, figures.exit_too_soon.months, "months") for one, figures in _by_help(seen))


def exit_without_measure(seen: Seen) -> bool:
    return any(not one.helped for one, _ in _by_help(seen))


def exit_below_line(seen: Seen) -> bool:
    return any(_is_below(one, figures) for one, figures in _by_help(seen))


def _is_below(one: Exit, figures: Figures) -> bool:
    income = one.net_fen if figures.exit_below_line.figure == "net" else one.reference_fen
    return income is not None and income < one.line_fen * one.members


def exit_values_missing(seen: Seen) -> bool:
    return any(one.net_fen is None or not one.visited for one in seen.row.exits)


def exit_in_danger(seen: Seen) -> bool:
    return any(one.signals & seen.figures_of(one.pack).exit_in_danger.signals for one in seen.row.exits)
