"""The two kinds of proof as they lie in a file, which may come from anybody."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, TypeAdapter, ValidationError

from audit.merkle import LENGTH


class NoProof(ValueError):  # noqa: N818 - it says what is so
    """The file holds something else; `wrong` says where and what."""

    def __init__(self, wrong: ValidationError) -> None:
        super().__init__("not a document that `written` wrote")
        self.wrong = wrong


def _from_base64(text: object) -> object:
    return b64decode(text, validate=True) if isinstance(text, str) else text


Hash = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    Field(min_length=LENGTH, max_length=LENGTH),
    PlainSerializer(lambda data: b64encode(data).decode()),
]
Row = Annotated[
    bytes,
    BeforeValidator(lambda text: bytes.fromhex(text) if isinstance(text, str) else text),
    PlainSerializer(bytes.hex),
]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    form: Literal[1] = 1
    service: str
    path: tuple[Hash, ...]


class Inclusion(_Document):
    """The event at a position of a log is under a checkpoint: `sealed` are the row's bytes, `row` the same for a reader.

    `keys` name the key of the checkpoint, `path` leads from the leaf to the root.
    """

    kind: Literal["suishi-inclusion-proof"] = "suishi-inclusion-proof"
    event_id: UUID
    position: int
    row: dict[str, str]
    sealed: Row
    checkpoint: str
    keys: tuple[str, ...]


class Consistency(_Document):
    """The tree of the second checkpoint goes on from the first one's: nothing before was changed."""

    kind: Literal["suishi-consistency-proof"] = "suishi-consistency-proof"
    first: str
    second: str


Document: TypeAlias = Annotated[Inclusion | Consistency, Field(discriminator="kind")]
_READ: TypeAdapter[Document] = TypeAdapter(Document)


def written(document: Document) -> str:
    """As it is kept in a file."""
    return document.model_dump_json(indent=2) + "\n"


def read(data: bytes) -> Document:
    """Raises NoProof."""
    try:
        return _READ.validate_json(data)
    except ValidationError as error:
        raise NoProof(error) from error
