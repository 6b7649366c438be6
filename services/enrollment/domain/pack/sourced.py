"""What every table of a policy pack says beside its values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

Name = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]


class Sourced(BaseModel, frozen=True, extra="forbid"):
    """A table of a pack: `source` says where its values come from, `verified` whether the county confirmed them."""

    source: Annotated[str, Field(min_length=1)]
    verified: Annotated[bool, Field(strict=True)]
