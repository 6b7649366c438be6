"""What a generated JSON Schema allows, as a hypothesis strategy, for the keywords that our schemas use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

Schema: TypeAlias = Mapping[str, Any]
FORMATS: Final = {
    "date": st.dates().map(str),
    "date-time": st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()),
    "uuid": st.uuids().map(str),
}
FAR: Final = 2**70
A_NUMBER: Final = "370399196001010016"


def allowed(schema: Schema, root: Schema | None = None) -> st.SearchStrategy[Any]:
    """Valid values, but for the laws that only the classes know."""
    root = root or schema
    match schema:
        case {"type": "object"}:
            return _object(schema, root)
        case {"type": "array", "items": items}:
            return st.lists(allowed(items, root), min_size=schema.get("minItems", 0), max_size=schema.get("maxItems", 4))
        case {"$ref": reference}:
            return st.deferred(lambda: allowed(root["$defs"][reference.rpartition("/")[2]], root))
        case {"anyOf": choices} | {"oneOf": choices}:
            return st.one_of([allowed(choice, root) for choice in choices])
        case {"enum": values}:
            return st.sampled_from(values)
        case _:
            return st.just(schema["const"]) if "const" in schema else LEAVES[schema["type"]](schema)


def _object(schema: Schema, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: allowed(field, root) for name, field in schema.get("properties", {}).items()}
    required = {name: fields[name] for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional={name: field for name, field in fields.items() if name not in required})


def _text(schema: Schema) -> st.SearchStrategy[str]:
    if "format" in schema:
        return FORMATS[schema["format"]]
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if schema.get("pattern") in {None, "^[^\\x00]*$"}:
        text = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=least, max_size=most)
        return text | st.just(A_NUMBER) if schema.get("personal") else text
    return st.from_regex(schema["pattern"], fullmatch=True)


LEAVES: Final[Mapping[str, Callable[[Schema], st.SearchStrategy[Any]]]] = {
    "string": _text,
    "integer": lambda schema: st.integers(schema.get("minimum", -FAR), schema.get("maximum", FAR)),
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
}
