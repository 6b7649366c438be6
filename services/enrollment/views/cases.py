"""The read models of the procedure: each case with how far it is, and each public notice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from pipeline.projection import Statement
from pipeline.store import Recorded
from services.enrollment.domain import events
from services.enrollment.domain.case.procedure_events import CaseEnded, CaseReopened, NoticeEnded, NoticePosted

OPENED: Final = """
INSERT INTO cases (case_id, household, episode, pack, opened_on, way, done, changed_on)
SELECT case_id, household, episode, pack, opened_on, 'in', '{}', opened_on
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::date[]) AS new (case_id, household, episode, pack, opened_on)"""
# `undone` and `done` are names parted by commas, "*" is every step.
CHANGED: Final = """
UPDATE cases c SET way = coalesce(new.way, c.way), changed_on = new.changed_on, done = ARRAY(
    SELECT step FROM unnest(c.done) WITH ORDINALITY AS before (step, place)
    WHERE new.undone <> '*' AND step <> ALL (string_to_array(new.undone, ',')) ORDER BY place
) || string_to_array(new.done, ',')
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[]) AS new (case_id, way, undone, done, changed_on)
WHERE c.case_id = new.case_id"""
POSTED: Final = """
INSERT INTO notices (case_id, position, household, kind, posted_on, until, type)
SELECT case_id, position, household, CASE (SELECT way FROM cases c WHERE c.case_id = new.case_id) WHEN 'out' THEN 'exit' ELSE 'entry' END,
    posted_on, until, type
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::date[], $5::date[], $6::text[])
    AS new (case_id, position, household, posted_on, until, type)"""
TAKEN_DOWN: Final = """
UPDATE notices n SET taken_down_on = new.on_day, why = new.why
FROM unnest($1::uuid[], $2::date[], $3::text[]) AS new (case_id, on_day, why) WHERE n.case_id = new.case_id AND n.taken_down_on IS NULL"""
ALL: Final = "*"


def of_case(recorded: Recorded, event: object) -> Iterable[Statement]:
    """Everything about a case has the case as its key, so that it stays in the log's order."""
    stream, on = recorded.stream, recorded.metadata.valid_on
    match event:
        case events.CaseOpened(case=case, episode=episode, pack=pack):
            yield OPENED, (case, stream, episode, pack, on)
        case events.StepCompleted(case=case, step=step) if step != "recheck":
            yield CHANGED, (case, None, step, step, on)
            if step == "notice":
                yield TAKEN_DOWN, (case, on, "notice.closed")
        case events.StepReturned(case=case, step="exit", reason_code=code):
            yield from _moved(case, "enrolled", ALL, code, recorded)
        case events.StepReturned(case=case, undone=undone, reason_code=code):
            yield CHANGED, (case, None, ",".join(undone), "", on)
            if "notice" in undone:
                yield TAKEN_DOWN, (case, on, code)
        case events.ExitProposed(case=case):
            yield CHANGED, (case, "out", ALL, "", on)
        case CaseReopened(case=case, undone=undone):
            yield CHANGED, (case, "in", ",".join(undone), "", on)
        case NoticePosted(case=case, until=until, type=kind):
            yield POSTED, (case, recorded.position, stream, on, until, kind)
        case NoticeEnded(case=case):
            yield TAKEN_DOWN, (case, on, "notice.ended")
        case _:
            yield from _decided(recorded, event)


def _decided(recorded: Recorded, event: object) -> Iterable[Statement]:
    match event:
        case events.HouseholdEnrolled(case=case):
            yield from _moved(case, "enrolled", ALL, "county.approved", recorded)
        case events.EnrollmentRejected(case=case, reason_code=code):
            yield from _moved(case, "rejected", "", code, recorded)
        case events.HouseholdExited(case=case):
            yield from _moved(case, "exited", "", "county.approved", recorded)
        case CaseEnded(case=case, reason=reason):
            yield from _moved(case, "ended", "", f"case.{reason}", recorded)
        case _:
            return


def _moved(case: UUID, way: str, undone: str, why: str, recorded: Recorded) -> Iterable[Statement]:
    """Whatever hangs comes down with it."""
    on = recorded.metadata.valid_on
    yield CHANGED, (case, way, undone, "", on)
    yield TAKEN_DOWN, (case, on, why)
