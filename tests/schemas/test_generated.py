import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from schemas import generate
from schemas.generate import HERE, TYPES, documents, drifted


def schema_of(name: str) -> dict[str, Any]:
    return json.loads((HERE / "json" / f"{name}.json").read_text(encoding="utf-8"))


def test_what_is_committed_is_what_the_classes_say() -> None:
    assert drifted() == []


def test_check_is_quiet_when_nothing_drifted() -> None:
    done = subprocess.run([sys.executable, "-m", "schemas.generate", "--check"], cwd=HERE.parent, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_check_names_a_changed_a_missing_and_a_forgotten_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "HERE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["generate"])
    assert generate.main() == 0
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "json" / "suishi.clock.day-started.v1.json").unlink()
    (tmp_path / "json" / "suishi.clock.day-ended.v1.json").write_text("{}")
    monkeypatch.setattr(sys, "argv", ["generate", "--check"])
    assert generate.main() == 1
    named = [line.split()[0] for line in capsys.readouterr().err.splitlines()]
    assert named == [
        "schemas/asyncapi.json",
        "schemas/json/suishi.clock.day-ended.v1.json",
        "schemas/json/suishi.clock.day-started.v1.json",
    ]


def test_writing_again_mends_all_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "HERE", tmp_path)
    generate.write()
    (tmp_path / "json" / "suishi.clock.day-ended.v1.json").write_text("{}")
    generate.write()
    assert drifted() == []


def test_there_is_one_file_per_type_and_the_asyncapi_document() -> None:
    assert len(documents()) == len(TYPES) + 1


@pytest.mark.parametrize("name", sorted(TYPES))
def test_each_schema_is_valid_and_says_what_it_is(name: str) -> None:
    schema = schema_of(name)
    Draft7Validator.check_schema(schema)
    assert (schema["$id"], schema["title"]) == (f"urn:suishi:{name}", TYPES[name].__name__)
    assert schema["description"].endswith((".", "`"))


@pytest.mark.parametrize("name", sorted(TYPES))
def test_the_schema_takes_what_the_class_takes(name: str) -> None:
    golden = json.loads((Path(__file__).parent / "golden" / f"{name}.json").read_text(encoding="utf-8"))
    validator = Draft7Validator(schema_of(name), format_checker=Draft7Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(golden)] == []


@pytest.mark.parametrize("name", sorted(TYPES))
def test_no_keyword_stands_beside_a_reference(name: str) -> None:
    """Draft 07 would ignore it."""
    assert all(set(part) == {"$ref"} for part in parts(schema_of(name)) if "$ref" in part)


def parts(node: object) -> list[dict[str, Any]]:
    """Every object within a document."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [*([node] if isinstance(node, dict) else []), *(part for child in children for part in parts(child))]
