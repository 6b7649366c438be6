"""A dry run answers for every household of the sheet, also where a message cannot be handled and its batch comes in pieces."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from commands.register_sheet import asking
from commands.register_sheet.asking import Databases, ask
from pipeline.envelope import Envelope
from services.enrollment.identify import Identify
from services.enrollment.translate import Found
from tests.commands.test_register_sheet import HEAD, KEY, sent
from tests.enrollment.short import POLICIES
from tests.schemas.identities import resident

NOT_OF_THE_PILOT = {"监测对象类别": "脱贫不稳定户", "致贫风险": "因病", "纳入日期": "2019-05-01"}


class Stumbling(Identify):
    """Cannot handle the last household of the sheet."""

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        if any(resident(order="604").encode() in (one.record.value or b"") for one in envelopes):
            raise ValueError
        return await super().__call__(envelopes)


async def test_no_household_counts_as_right_beside_one_that_cannot_be_handled(prepared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "Identify", Stumbling)
    numbers = {f"H{order}": {**HEAD, "户编号": f"H{order}", "证件号码": resident(order=order)} for order in ("601", "602", "603", "604")}
    registrations = sent({**numbers["H601"], **NOT_OF_THE_PILOT}, *list(numbers.values())[1:])
    answer = await ask(Databases(prepared, prepared), registrations, POLICIES, KEY)
    assert (0, 2) == (answer.before, answer.refused)
    told = [(fault.row, fault.column, fault.problem.en) for fault in answer.faults]
    unstable, stumbled = "The policy pack has no such household type", "would be set aside without an answer"
    assert [(2, "监测对象类别", unstable), (5, "整户", stumbled)] == told
