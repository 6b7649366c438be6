"""The pages for the office and for auditors, played through real processes in the order in which they are read."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from commands.account import account
from local.passwords import passwords
from local.seal import seal_of
from local.services import ROOT, kafka_settings
from schemas.clock import COUNTY_TIME
from schemas.topics import SERVICES
from tests.commands.conftest import run
from tests.journeys.pages import commands_of, missing, play
from tests.journeys.system import System, national

HOW_TO: Final = ROOT / "docs" / "how-to"
DAY: Final = timedelta(days=1)
PAGE_HOUSEHOLD: Final = UUID("0193b2a0-5c00-7000-8000-000000000017")


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """Of its own: the days that another journey told would be over for this one."""
    with national() as everything:
        yield everything


@pytest.fixture(scope="module")
def office(system: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of whoever did what the pages for departments and for the office say."""
    folder = tmp_path_factory.mktemp("office")
    asyncio.run(take_in(system, folder))
    return folder


async def take_in(system: System, folder: Path) -> None:
    pages = [(HOW_TO / name).read_text() for name in ("send-facts.md", "take-a-household-in.md")]
    (fact, _, household, _), (steps, rest) = (re.findall(r"```json\n(.*?)```", page, re.DOTALL) for page in pages)
    (days,) = re.findall(r"```bash\n(.*?)```", pages[1], re.DOTALL)
    subprocess.run(["bash", "-c", days], cwd=folder, check=True)  # noqa: S603, S607, ASYNC221 - the page's own text

    async def publish(name: str, lines: str) -> None:
        (folder / name).write_text(lines)
        done = run("publish", folder / name, **place(system))
        summary = f"{len(lines.splitlines())} published, 0 refused here. What a service refuses: audit refusals, deadletters list.\n"
        assert (summary, 0) == (done.stdout, done.returncode), done.stderr

    for name, lines in {"first": fact, "household": household, "steps": steps}.items():
        await publish(f"{name}.jsonl", lines)
    ((case,),) = await system.wait_for(
        "SELECT case_id FROM enrollment.notices WHERE household = $1 AND until = '2021-01-13'", PAGE_HOUSEHOLD
    )
    printed = run("notices", "print", case, folder / "notice.html", **place(system))
    assert (f"{folder / 'notice.html'} written; it hangs until 2021-01-13.\n", str(case) in pages[1]) == (printed.stdout, True)
    await publish("days.jsonl", (folder / "days.jsonl").read_text())
    await system.wait_for("SELECT 1 FROM enrollment.notices WHERE case_id = $1 AND taken_down_on = '2021-01-14'", case)
    await publish("rest.jsonl", rest)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'enrolled'", PAGE_HOUSEHOLD)


def place(system: System) -> dict[str, str]:
    key = passwords(system.stack.folder).vault_key
    return {**kafka_settings(system.stack.kafka), "SUISHI_DATABASE": system.stack.database, "SUISHI_VAULT_KEY": key}


def test_the_page_for_the_office_takes_its_household_in(office: Path) -> None:
    assert "历山街道历山居委会：户主王**，家庭人口2人，类型：边缘易致贫户。" in (office / "notice.html").read_text()


@pytest.mark.usefixtures("office")
def test_every_command_on_the_page_for_auditors_says_what_the_page_says(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the auditor's login alone, in a folder that holds the key and the file of the sealer."""
    seal, today = seal_of(system.stack.folder), datetime.now(COUNTY_TIME).date()
    asyncio.run(followed(system))
    for file in (seal.public, seal.file):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUISHI_DATABASE", system.stack.database_as("suishi_auditor"))
    differing = dict[str, list[str]]()
    for command in commands_of(HOW_TO / "audit.md"):
        if "data-read" in command.line:
            read_in_plain(system, tmp_path)
        line = re.sub(r"--from 2026-\S+ --to 2026-\S+", f"--from {today - DAY} --to {today + DAY}", command.line)
        told = [said.replace("sun@", f"{account()}@") for said in command.told]
        if lacking := missing(told, play(line, capsys)):
            differing[command.line] = lacking
    assert {} == differing


async def followed(system: System) -> None:
    """The other services have heard of the household, and all of it is sealed."""
    await system.wait_for("SELECT 1 FROM notifications.awaiting WHERE stream = $1 HAVING count(*) = 4", PAGE_HOUSEHOLD)
    heads = " UNION ALL ".join(f"SELECT '{name}' AS service, position FROM {name}.log_head" for name in SERVICES)
    late = "GROUP BY service, position HAVING coalesce(max(size), 0) < position"
    unsealed = f"SELECT 1 FROM ({heads}) AS h LEFT JOIN audit.checkpoints c USING (service) {late}"
    await system.wait_for(f"SELECT 1 WHERE NOT EXISTS ({unsealed})")


def read_in_plain(system: System, folder: Path) -> None:
    """As somebody who has the key and the login of the vault."""
    ever = ("--from", "2020-01-01", "--to", "2099-12-31", "--plain", "--purpose", "a complaint")
    mine = place(system) | {"SUISHI_DATABASE_VAULT": system.stack.database_as("suishi_vault")}
    assert 0 == run("audit", "export", folder / "read.jsonl", *ever, **mine).returncode
    told = "SELECT 1 FROM enrollment.stored_events WHERE topic = 'enrollment.data-read' AND actor LIKE '%@suishi_vault' HAVING count(*) > 1"
    asyncio.run(system.wait_for(told))
