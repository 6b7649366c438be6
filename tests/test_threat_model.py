"""What SECURITY.md promises is there: every file that it names, and every test that it gives as proof."""

import ast
import re

from local.services import ROOT

PAGE = (ROOT / "SECURITY.md").read_text()
PROOFS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
FILES = sorted(set(re.findall(r"`((?:[\w-]+/)+[\w.-]+\.\w+|[\w-]+\.(?:yml|md|lock))`", PAGE)))
LINKS = sorted(set(re.findall(r"\]\(([^)#]+)\)", PAGE)))


def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")}


def test_every_test_that_is_given_as_proof_is_there() -> None:
    assert 50 < len(PROOFS)
    assert [] == [f"{file}::{name}" for file, name in PROOFS if name not in names_in(file)]


def test_every_file_that_is_named_is_there() -> None:
    assert {"schemas/access.py", "docker-compose.yml"} <= {*FILES}
    assert [] == [file for file in [*FILES, *LINKS] if not (ROOT / file).exists()]
