"""A line or a pack is published for an area by a named person, for a day to come."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from pipeline.decider import Event
from services.enrollment.domain.commands import PublishLine, PublishPack
from services.enrollment.domain.household.state import State, Unregistered
from services.enrollment.domain.policies import Policies
from services.enrollment.domain.publications.publication_events import LinePublished, PackPublished
from services.enrollment.domain.refusal import refused


def publish(command: PublishLine | PublishPack, state: State, policies: Policies) -> tuple[Event, ...]:
    """Said twice it changes nothing, said otherwise before its day it replaces what was said."""
    told = state.published if isinstance(state, Unregistered) else ()
    if not command.is_named:
        return refused(command, "publication.unnamed")
    today = command.came
    match command:
        case PublishLine(line=line):
            past, policy = line.valid_from <= today, policies.of(command, state)
            if past and not policy.publication.line_may_begin_in_the_past:
                return refused(command, "line.in-the-past")
            if not policy.publication.is_in_proportion(line, policy.line(line.area, line.valid_from)):
                return refused(command, "line.out-of-proportion")
            takes_effect = today + timedelta(days=1) if past else line.valid_from
            published = LinePublished(line=line, takes_effect=takes_effect, document_sha256=command.document_sha256)
            return () if line in told else (published,)
        case PublishPack(assignment=assignment):
            pack = policies.packs.get(assignment.pack)
            if pack is None:
                return refused(command, "pack.unknown")
            if assignment.valid_from <= today:
                return refused(command, "pack.in-the-past")
            named = PackPublished(assignment=assignment, pack_sha256=pack.digest, document_sha256=command.document_sha256)
            return () if assignment in told else (named,)
        case _:
            assert_never(command)
