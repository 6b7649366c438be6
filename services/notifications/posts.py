"""Whether the recipient of a row of the outbox answers for its household no more: it moved, or was paired with somebody else, since."""

from __future__ import annotations

from typing import Final

# `$2` are the kinds and roles of `told_by_post`. A cadre answers as long as he is paired, everybody else in his area.
REPLACED: Final = """(o.kind || ' ' || r.role = ANY($2) AND EXISTS (
    SELECT FROM answerable a WHERE a.household = o.household AND a.cadre IS DISTINCT FROM r.recipient
    AND (r.role = 'paired-cadre' OR NOT starts_with(a.village_code, r.area))))"""
