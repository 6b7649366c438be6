"""The door under a fuzzer that watches which lines a record comes to: `python -m tests.fuzz.guided FOLDER`, and options of libFuzzer.

A program of its own, because the fuzzer ends the process it runs in. FOLDER gets an input for every line that none came to before.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import atheris

# What is written in C, pydantic's core above all, is not watched.
with atheris.instrument_imports(include=["pipeline.envelope", "pipeline.cloud_event", "schemas"]):
    from pipeline.envelope import Record
    from schemas.generate import HERE
    from tests.fuzz.judge import NAMES, TOPIC_OF, attributes, binary, golden, judged, structured

VALUE, HEADER, EQUALS = b"\x1d", b"\x1e", b"\x1f"
BARE: Final = b"\x01"


def to_record(data: bytes) -> Record:
    """The first byte says how it is written, the second chooses the type.

    After `BARE` all else is the value, under the headers of a valid message. Otherwise headers come first (one without `EQUALS` has no
    value), then the value, and only the topic is right.
    """
    written, choice, rest = data[:1], (data[1:2] or b"\0")[0], data[2:]
    name = NAMES[choice % len(NAMES)]
    if written == BARE:
        return binary(name, rest)
    said, there, value = rest.partition(VALUE)
    pairs = [one.partition(EQUALS) for one in said.split(HEADER)] if said else []
    headers = tuple((key.decode(errors="replace"), text if equals else None) for key, equals, text in pairs)
    return Record(TOPIC_OF[name], 0, 0, 0, None, value if there else None, headers)


def seeds() -> Iterator[bytes]:
    """A valid message of every type, in both modes, and its bare value."""
    for number, name in enumerate(NAMES):
        value = json.dumps(golden(name)).encode()
        for record in (binary(name, value), structured(name, {**attributes(name), "data": golden(name)})):
            said = HEADER.join(key.encode() + EQUALS + (text or b"") for key, text in record.headers)
            yield bytes([0, number]) + said + VALUE + (record.value or b"")
        yield BARE + bytes([number]) + value


def words() -> set[str]:
    """What a schema calls by name: a fuzzer would need long to find these letters."""
    found = {f"ce_{key}" for key in attributes(NAMES[0])} | set(NAMES)
    for name in NAMES:
        _collect(json.loads((HERE / "json" / f"{name}.json").read_text(encoding="utf-8")), found)
    return found


def _collect(schema: object, found: set[str]) -> None:
    if isinstance(schema, dict):
        found |= {*schema.get("properties", {}), *(word for word in schema.get("enum", ()) if isinstance(word, str))}
        for part in schema.values():
            _collect(part, found)
    elif isinstance(schema, list):
        for part in schema:
            _collect(part, found)


def main() -> None:
    folder = Path(sys.argv[1])
    for seed in seeds():
        (folder / sha256(seed).hexdigest()).write_bytes(seed)
    (folder.parent / "words").write_text("".join(f'"{word}"\n' for word in sorted(words()) if word.isascii()))
    options = [f"-dict={folder.parent / 'words'}", "-keep_seed=1", "-max_len=8192", "-print_final_stats=1", *sys.argv[2:]]
    atheris.Setup([sys.argv[0], *options, str(folder)], lambda data: judged(to_record(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
