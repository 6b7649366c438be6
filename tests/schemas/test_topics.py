from collections.abc import Iterator
from typing import Annotated, Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas import assistance, audit, clock, enrollment, facts, notifications
from schemas.generate import TYPES
from schemas.message import Message, Value, no_number
from schemas.topics import ALLOWED, CHECKPOINTS, CLOCK, COMMANDS, EVENTS, FACTS, FOLLOWS, PARTITIONS, PERSONAL, SERVICES, dlq, partitions

EVERY_DEPARTMENT = {"fact-withdrawn", "referral-answered", "feed-delivered"}
MODULES = (assistance, audit, clock, enrollment, facts, notifications)
WHO_MAY_SAY_WHAT = {
    "medical-insurance": {"medical-expense-reported"},
    "health": {"serious-illness-confirmed"},
    "education": {"school-fee-reported", "school-dropout-reported", "school-returned"},
    "disability": {"disability-certified"},
    "housing": {"house-graded"},
    "water": {"water-tested"},
    "emergency": {"disaster-affected"},
    "human-resources": {"employment-changed"},
    "civil-affairs": {"benefit-changed", "person-died", "person-born", "marriage-registered", "divorce-registered", "income-declared"},
    "public-security": {"household-moved", "household-split", "household-merged", "head-changed", "identity-corrected"},
    "assets": {"asset-reported"},
}
PERSONAL_FIELDS = {
    "Person": {"id_number", "name"},
    "Member": {"id_number", "name", "birth", "health"},
    "DisabilityCertified": {"certificate_no"},
    "EmploymentChanged": {"employer"},
    "PersonBorn": {"father_id_number", "mother_id_number"},
    "IdentityCorrected": {"old_id_number", "new_id_number"},
    "FactWithdrawn": {"reason"},
    "RequestErasure": {"reason"},
    "ReferralAnswered": {"reason"},
    "RecordVerification": {"visitors", "findings"},
    "MemberSeen": {"id_number"},
    "DismissClue": {"reason"},
    "Apply": {"difficulty"},
    "ReportScreening": {"findings"},
    "DecideAtCounty": {"reason"},
    "Caregiver": {"birth"},
    "SetCarePlan": {"flexible_needs"},
    "EndCare": {"reason"},
    "SignAuthorisation": {"document"},
    "RecordComparison": {"items"},
    "RecordReview": {"attendees", "minutes"},
    "RaiseObjection": {"grounds"},
    "DecideAtTownship": {"reason"},
    "StartEmergencyHelp": {"reason"},
    "Withdraw": {"reason"},
    "ProposeExit": {"reason"},
    "FileAppeal": {"grounds"},
    "DecideAppeal": {"reason"},
    "Void": {"reason"},
    "MergePersons": {"reason"},
    "UnmergePersons": {"reason"},
    "PublishLine": {"document"},
    "PublishPack": {"document"},
    "DeliverMeasure": {"evidence"},
    "DeclineMeasure": {"reason"},
    "EndMeasure": {"reason"},
    "UnansweredRisk": {"reason"},
    "AnswerReferral": {"reason"},
    "EmailChannel": {"address"},
    "WecomChannel": {"user"},
    "AppriseChannel": {"url"},
    "OtherChannel": {"to"},
    "ToldFinding": {"text"},
    "ResolveFinding": {"evidence"},
}
# Ids, and what a validator holds against the words beside it.
NAMES_AS_THEY_ARE = {
    "FactWithdrawn": {"source", "id"},
    "EscalateNotice": {"event_id", "post"},
    "RecordReading": {"what"},
    "MeasureBefore": {"answers"},
}
OF_SOMEBODY = ("370399196804122021", "13800138000", "138-0013-8000", "6222021234567890123", "李四370399 19680412 202X", "a13800138000")


def own_personal_fields(model: type[Value]) -> set[str]:
    extras = {name: field.json_schema_extra for name, field in model.model_fields.items()}
    return {name for name, extra in extras.items() if isinstance(extra, dict) and extra.get("personal")}


def models_within(model: type[Value]) -> set[type[Value]]:
    """The model and every model that a field of it holds."""
    found, inner = {model}, [field.annotation for field in model.model_fields.values()]
    while inner:
        one = inner.pop()
        inner += get_args(one)
        if isinstance(one, type) and issubclass(one, Value):
            found |= models_within(one)
    return found


@pytest.mark.parametrize("department", FACTS)
def test_a_department_says_its_own_facts_and_three_that_all_may_say(department: str) -> None:
    said = {name.removeprefix("suishi.fact.").removesuffix(".v1") for name in ALLOWED[FACTS[department]]}
    assert said == WHO_MAY_SAY_WHAT[department] | EVERY_DEPARTMENT


def test_every_class_with_a_type_is_allowed_somewhere_under_its_own_name() -> None:
    defined = {one for module in MODULES for one in vars(module).values() if isinstance(one, type) and issubclass(one, Message)}
    assert {one for one in defined if hasattr(one, "TYPE")} == set(TYPES.values())
    assert all(found.TYPE == name for carried in ALLOWED.values() for name, found in carried.items())


def test_no_two_classes_share_a_type() -> None:
    classes = {found for carried in ALLOWED.values() for found in carried.values()}
    assert len({found.TYPE for found in classes}) == len(classes)


def test_the_commands_whose_data_names_no_household_have_it_as_their_subject() -> None:
    by_subject = {found.__name__ for found in TYPES.values() if found.HOUSEHOLD_IS_SUBJECT}
    assert by_subject == {
        "SignAuthorisation", "RecordComparison", "RecordReview", "PostNotice", "RaiseObjection", "CloseNotice", "DecideAtTownship",
        "StartEmergencyHelp", "Withdraw", "ProposeExit", "FileAppeal", "DecideAppeal", "Void",
        "RecordVerification", "ReportScreening", "DismissClue", "DecideAtCounty",
        "AssignCadre", "AcceptMeasure", "StartMeasure", "DeliverMeasure", "DeclineMeasure", "EndMeasure", "DraftPlan",
        "RecordVisit", "ResolveFinding", "AnswerReferral",
        "OpenCareFile", "SetCarePlan", "RecordCareVisit", "RecordAbsence", "EndCare",
    }  # fmt: skip


def test_a_measure_is_asked_of_a_department_that_has_a_topic() -> None:
    assert set(get_args(assistance.Department)) == set(FACTS)


@pytest.mark.parametrize("service", SERVICES)
def test_commands_and_events_carry_the_name_of_their_service(service: str) -> None:
    assert all(name.startswith(f"suishi.{service}.command.") for name in ALLOWED[COMMANDS[service]])
    assert all(name.startswith(f"suishi.{service}.event.") for name in ALLOWED[EVENTS[service]])


def test_each_service_follows_its_commands_the_clock_and_those_before_it() -> None:
    assert set(FOLLOWS["enrollment"]) == {*FACTS.values(), COMMANDS["enrollment"], CLOCK, EVENTS["assistance"]}
    assert set(FOLLOWS["assistance"]) == {COMMANDS["assistance"], EVENTS["enrollment"], CLOCK}
    assert set(FOLLOWS["notifications"]) == {COMMANDS["notifications"], EVENTS["enrollment"], EVENTS["assistance"], CLOCK}


def test_every_topic_has_twelve_partitions_but_the_clock_one() -> None:
    assert {topic: 1 if topic == CLOCK else 12 for topic in ALLOWED} == PARTITIONS
    assert len(partitions("assistance")) == 12 + 12 + 1


def test_refusals_go_beside_their_topic() -> None:
    assert dlq(CLOCK) == "suishi.clock.v1.dlq"


def test_the_personal_fields_are_these_and_no_others() -> None:
    models = {model for found in TYPES.values() for model in models_within(found)}
    assert {model.__name__: found for model in models if (found := own_personal_fields(model))} == PERSONAL_FIELDS


@pytest.mark.parametrize("topic", [*EVENTS.values(), CLOCK, CHECKPOINTS])
def test_nothing_that_a_service_publishes_is_personal(topic: str) -> None:
    models = {model for found in ALLOWED[topic].values() for model in models_within(found)}
    assert {model.__name__ for model in models if own_personal_fields(model)} == set()


def test_what_is_marked_personal_travels_only_on_personal_topics() -> None:
    marked = {
        topic
        for topic, carried in ALLOWED.items()
        for found in carried.values()
        for model in models_within(found)
        if own_personal_fields(model)
    }
    assert marked == PERSONAL == {*FACTS.values(), *COMMANDS.values()}


def takes_a_number(model: type[Value], name: str) -> bool:
    """Whether the field keeps somebody's number as a text, in a list of texts, or as a key."""
    field = model.model_fields[name]
    adapter = TypeAdapter(Annotated[field.annotation, None, *field.metadata])
    return any(number in _kept(adapter, said) for number in OF_SOMEBODY for said in (number, [number, number], {number: True}))


def _kept(adapter: TypeAdapter[Any], said: object) -> str:
    try:
        return str(adapter.validate_python(said))
    except ValidationError:
        return ""


def test_no_number_of_somebody_comes_in_by_a_field_that_is_not_personal() -> None:
    models = {
        model
        for topic in (*FACTS.values(), *COMMANDS.values(), CLOCK)
        for found in ALLOWED[topic].values()
        for model in models_within(found)
    }
    open_to_numbers = {
        model.__name__: names
        for model in models
        if (names := {name for name in model.model_fields.keys() - own_personal_fields(model) if takes_a_number(model, name)})
    }
    assert open_to_numbers == NAMES_AS_THEY_ARE


def within(annotation: object) -> Iterator[object]:
    """All that a type is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from within(part)


@pytest.mark.parametrize("topic", EVENTS.values())
def test_what_was_recorded_before_is_published_whatever_it_holds(topic: str) -> None:
    fields = [field for found in ALLOWED[topic].values() for model in models_within(found) for field in model.model_fields.values()]
    assert no_number not in [part for field in fields for part in (*field.metadata, *within(field.annotation))]
