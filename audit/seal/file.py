"""The checkpoints in a file beside the database: what was once given out cannot be taken back by who rewrites the tables.

A line for each, in JSON: service, size and the note. The sizes of a service only grow.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import orjson

from audit.seal.note import BadNote, Checkpoint, opened, origin, unverified
from audit.seal.sealing import Keys, Refused, Signed


class BadLine(ValueError):  # noqa: N818 - it says what is so
    """The file holds something that the sealer did not write."""


def checkpoints(file: Path, length: int | None = None) -> Iterator[Signed]:
    """Each line of the first `length` bytes, the last one only where it is whole; raises BadLine, and OSError where there is no file."""
    read = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            read += len(line)
            if line.endswith(b"\n") and (length is None or read <= length):
                yield _signed(file, number, line)


class CheckpointFile:
    """What is appended is on the disk before anything else happens."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last: dict[str, int] = {}

    def open(self, sealed: Mapping[str, int], keys: Keys) -> dict[str, list[Checkpoint]]:
        """What the file holds for each service beyond these sizes; half a line, which a kill left, is taken off. Raises Refused."""
        self._file.touch(mode=0o644)
        self._mend()
        beyond = {service: list[Checkpoint]() for service in sealed}
        self._last = dict.fromkeys(sealed, 0)
        try:
            for signed in checkpoints(self._file):
                self._last[signed.service] = signed.size
                if signed.size > sealed.get(signed.service, signed.size):
                    beyond[signed.service].append(opened(signed.note, keys.known))
        except BadNote as bad:
            message = f"{self._file}: {bad}"
            raise Refused(message) from bad
        except BadLine as bad:
            raise Refused(str(bad)) from bad
        return beyond

    def last(self, service: str) -> int:
        """The size of the service's newest checkpoint in the file, 0 where there is none."""
        return self._last.get(service, 0)

    def append(self, signed: Iterable[Signed]) -> None:
        """Raises OSError."""
        fresh = [one for one in signed if one.size > self.last(one.service)]
        with self._file.open("ab") as file:
            for one in fresh:
                file.write(orjson.dumps({"service": one.service, "size": one.size, "note": one.note}) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._last |= {one.service: one.size for one in fresh}

    def _mend(self) -> None:
        with self._file.open("r+b") as file:
            end = file.seek(0, os.SEEK_END)
            while end:
                file.seek(end - 1)
                if file.read(1) == b"\n":
                    break
                end -= 1
            file.truncate(end)


def _signed(file: Path, number: int, line: bytes) -> Signed:
    """The size of a line is that of its note."""
    try:
        said = orjson.loads(line)
        signed = Signed(str(said["service"]), int(said["size"]), str(said["note"]))
        if (origin(signed.service), signed.size) == ((checkpoint := unverified(signed.note)).origin, checkpoint.size):
            return signed
    except (ValueError, KeyError, TypeError):
        pass
    message = f"line {number} of {file} is no checkpoint of ours"
    raise BadLine(message)
