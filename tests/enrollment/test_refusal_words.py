"""Every refusal says in both languages what does not fit and what to do."""

from __future__ import annotations

from typing import get_args

from schemas import enrollment as words
from services.enrollment.domain import events as did
from services.enrollment.domain.pack.criteria import Supplier
from services.enrollment.domain.pack.explanations import Ask
from services.enrollment.refusals import TEXTS, WHO, text_of
from services.enrollment.translate import to_message
from services.refused_command import with_again
from tests.enrollment.zhang import HOUSEHOLD
from tests.messages import recorded

LONGEST = 200  # what is longer cannot be published, and the relay ends at it


def test_every_refusal_has_its_words() -> None:
    codes = {
        "household.unknown", "household.registered-differently", "person.in-another-household", "person.named-twice", "visit.unnamed",
        "person.merged-into-another",
        "household.ended", "person.died", "person.not-a-member", "split.nobody-stays", "household.not-another", "change.not-reversible",
        "decision.unnamed", "decision.same-person", "application.unnamed", "application.case-open", "application.enrolled",
        "clue.dismissed", "clue.not-confirmed", "clue.withdrawn", "clue.raised-since",
            "evaluation.false", "evaluation.unknown", "state.does-not-fit", "county.rejected",
        "actor.unnamed", "actor.wrong-role", "step.not-in-pack", "step.too-early", "step.already-done", "return.not-done",
        "exit.proposed-later", "exit.names-a-type",
        "notice.too-early", "exit.facts-hold", "exit.too-early", "exit.income-not-stable", "exit.no-measure", "exit.guarantee-open",
        "exit.without-labour", "exit.appeal-open", "appeal.already-open", "appeal.nothing-decided", "appeal.no-decision",
        "appeal.not-returned", "appeal.open",
        "emergency.already-started", "verification.rejected", "comparison.rejected", "review.rejected", "township.rejected",
        "line.out-of-proportion",
        "publication.unnamed", "line.in-the-past", "pack.in-the-past", "pack.unknown", "type.not-in-pack", "opening.unnamed",
        "type.does-not-qualify", "risks.differ", "notice.ended", "review.not-carried", "review.carried",
        "review.too-many-votes",
        "opening.in-the-future", "opening.too-many-risks", "opening.overtaken", "opening.taken-over-differently",
        "persons.same", "persons.keep-unregistered", "persons.one-died", "persons.not-merged", "person.registered-twice",
        "identity.of-another", "identity.not-reversible",
        "erasure.unnamed", "erasure.unknown-person", "erasure.in-register",
        "erasure.too-early", "erasure.not-requested", "erasure.same-person",
    }  # fmt: skip
    assert codes == set(TEXTS)
    assert [] == [code for code, said in TEXTS.items() if max(len(said[0]), len(with_again(said[1]))) > LONGEST]


def test_a_refused_decision_says_that_who_reported_the_visit_may_not_decide() -> None:
    said = ("上报核查结果的人不得审定。 Who reported the visit may not decide.", "请由另一人审定。 Let another person decide.")
    assert said == text_of("decision.same-person")


def test_who_sends_without_a_name_is_told_where_it_belongs() -> None:
    """There is nothing to sign in to."""
    unnamed = [code for code in TEXTS if code.endswith(".unnamed")]
    assert (7, []) == (len(unnamed), [code for code in unnamed if " authid " not in text_of(code)[1].partition("。")[0]])
    assert "请在 authid 填写办理人后重发。 Name in authid who does it." == text_of("actor.unnamed")[1]


def test_an_unknown_criterion_says_what_is_missing_and_who_can_supply_it() -> None:
    asks = (Ask("income", ("visit", "civil-affairs")), Ask("guarantees", ("visit",)))
    told = to_message(recorded(did.CommandRefused(command="message", reason_code="evaluation.unknown", asks=asks), HOUSEHOLD))
    assert told is not None
    assert isinstance(told.data, words.CommandRefused)
    assert told.data.text == (
        "条件尚不明确，缺：近十二个月家庭收入（入户核查、民政）；保障核查情况（入户核查）。"
        " Unknown for want of the income of twelve months (a visit, civil affairs); what a visit finds of the guarantees (a visit)."
    )


def test_every_source_that_a_pack_may_name_has_its_words() -> None:
    assert set(get_args(Supplier)) == set(WHO)


def test_a_refusal_is_published_however_many_types_the_pack_has() -> None:
    """Their names are the county's own."""
    types = tuple(f"因家庭特殊情况即时帮扶对象第{number}类" for number in range(30))
    told = to_message(recorded(did.CommandRefused(command="message", reason_code="type.not-in-pack", supported=types), HOUSEHOLD))
    assert told is not None
    assert isinstance(told.data, words.CommandRefused)
    assert types[-1] in told.data.text
