"""A password is shown to nobody while the broker is made."""

from __future__ import annotations

import threading
from pathlib import Path

from local.kafka import Kafka
from schemas.access import ADMINISTRATOR

PASSWORD = "only-for-this-test"  # noqa: S105 - it opens nothing


def command_lines() -> set[str]:
    """Of every process of this machine."""
    found: set[str] = set()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.add(file.read_text(errors="replace"))
        except OSError:
            continue
    return found


def test_no_password_is_on_the_command_line_that_makes_the_users(tmp_path: Path) -> None:
    making, seen = threading.Thread(target=Kafka(tmp_path, {ADMINISTRATOR: PASSWORD}).prepare), set[str]()
    making.start()
    while making.is_alive():
        seen |= command_lines()
    assert 1 == len([line for line in seen if f"@{tmp_path}" in line])
    assert [] == [line for line in seen if PASSWORD in line]
    assert (tmp_path / "kafka/prepared-with-users").exists()
