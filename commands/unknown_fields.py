"""Fields of a message that the services do not know: they pass over them, so that a newer sender may say more."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple, cast

from pydantic import BaseModel


class UnknownField(NamedTuple):
    """`field` is a dotted path, `meant` the known name beside it that nobody wrote and that is most like it; empty where none is."""

    field: str
    meant: str


def unknown_fields(read: object, written: object, path: str) -> Iterator[UnknownField]:
    """What stands in the JSON that was `written` and is not in what was `read` from it, which lies at `path`."""
    match read:
        case BaseModel():
            yield from _of_model(read, cast("dict[str, Any]", written), path)
        case tuple():
            parts = zip(cast("Sequence[object]", read), cast("Sequence[object]", written), strict=True)
            for number, (one, other) in enumerate(parts):
                yield from unknown_fields(one, other, f"{path}.{number}")
        case _:
            return


def _of_model(read: BaseModel, written: Mapping[str, Any], path: str) -> Iterator[UnknownField]:
    known = {field.alias or name: name for name, field in type(read).model_fields.items()}
    for name in written:
        if name in known:
            yield from unknown_fields(getattr(read, known[name]), written[name], f"{path}.{name}")
        else:
            meant = get_close_matches(name, known.keys() - written.keys(), n=1)
            yield UnknownField(f"{path}.{name}", meant[0] if meant else "")
