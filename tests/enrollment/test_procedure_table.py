"""Every command of the procedure at every stage of the national pack: what follows, or the code by which it is refused."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from services.enrollment.domain import events as did
from services.enrollment.domain.commands import AnyCommand
from tests.enrollment import national
from tests.enrollment.national import STAGES, given, kinds

NO, EARLY, AGAIN, NOT_DONE = "state.does-not-fit", "step.too-early", "step.already-done", "return.not-done"
DONE, BACK, REJECTED = "step-completed", "step-returned", "enrollment-rejected"
FIRST: Final = date(2021, 1, 13)
EMERGENCY = "emergency-help-started"
# In the order of the stages: clue, authorised, visited, compared, reviewed, posted, noticed, at the county, enrolled.
TABLE: Final[list[tuple[str, AnyCommand, tuple[str, ...]]]] = [
    ("authorise", national.authorise(FIRST), (DONE, AGAIN, AGAIN, AGAIN, AGAIN, AGAIN, AGAIN, AGAIN, NO)),
    ("visit", national.visit(by="visitor:wu", on=FIRST), (EARLY, DONE, DONE, DONE, DONE, DONE, DONE, DONE, DONE)),
    ("deny by a visit", national.visit("rejected", on=FIRST), ("clue-closed", *[REJECTED] * 7, NO)),
    ("return a visit", national.visit("returned", on=FIRST), (NOT_DONE, *[BACK] * 7, NO)),
    ("compare", national.compare(on=FIRST), (EARLY, DONE, DONE, AGAIN, AGAIN, AGAIN, AGAIN, AGAIN, NO)),
    ("compare and reject", national.compare("rejected", FIRST), (NO, REJECTED, REJECTED, *[AGAIN] * 5, NO)),
    ("compare and return", national.compare("returned", FIRST), (NOT_DONE, *[BACK] * 7, NO)),
    ("review", national.review(on=FIRST), (EARLY, EARLY, EARLY, DONE, AGAIN, AGAIN, AGAIN, AGAIN, NO)),
    ("post", national.post(FIRST), (EARLY, EARLY, EARLY, EARLY, "notice-posted", AGAIN, AGAIN, AGAIN, NO)),
    ("object", national.disagree(FIRST), (NO, NO, NO, NO, NO, "objection-raised", NO, NO, NO)),
    ("close", national.take_down(FIRST), (NO, NO, NO, NO, NO, DONE, NO, NO, NO)),
    ("close early", national.take_down(date(2021, 1, 12)), (NO, NO, NO, NO, NO, "notice.too-early", NO, NO, NO)),
    ("decide at the township", national.township(on=FIRST), (*[EARLY] * 6, DONE, AGAIN, NO)),
    ("approve", national.county(on=FIRST), (NO, *[EARLY] * 6, "household-enrolled", NO)),
    ("reject", national.county("rejected", FIRST), (NO, *[EARLY] * 6, REJECTED, NO)),
    ("return", national.county("returned", FIRST), (NO, *[BACK] * 7, NO)),
    ("help first", national.rescue(FIRST), (*[EMERGENCY] * 8, NO)),
    ("withdraw", national.withdraw(FIRST), ("clue-closed", *["case-ended"] * 7, NO)),
    ("propose an exit", national.propose(FIRST), (*[NO] * 8, "exit.facts-hold")),
    ("appeal", national.appeal(FIRST), ("appeal.nothing-decided", *["appeal-filed"] * 8)),
    ("answer an appeal", national.answer(on=FIRST), (*[NO] * 9,)),
    ("void", national.void(FIRST), (*[NO] * 8, "case-ended")),
]
TOLD = [
    pytest.param(history, command, expected, id=f"{name}: {stage}")
    for name, command, row in TABLE
    for (stage, history), expected in zip(STAGES.items(), row, strict=True)
]


@pytest.mark.parametrize(("history", "command", "expected"), TOLD)
def test_of_every_command_at_every_stage_it_is_known_what_follows(
    history: tuple[did.AnyEvent, ...], command: AnyCommand, expected: str
) -> None:  # fmt: skip
    happened = given(*history).when(command).happened
    codes = [event.reason_code for event in happened if isinstance(event, did.CommandRefused)]
    assert expected in (codes or kinds(*happened))
    assert len(codes) in {0, len(happened)}
