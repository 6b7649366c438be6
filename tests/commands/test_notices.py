"""Public notices as the village prints them: from the register and the vault, as long as they hang."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import pytest

from pipeline.postgres import connect
from schemas.clock import COUNTY_TIME
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import NoticeEnded, NoticePosted
from services.enrollment.domain.commands import Member
from services.enrollment.domain.members.change_events import HouseholdMoved, MembersLeft
from services.enrollment.vault import Identity, Vault
from services.enrollment.vault_keys import Keys
from tests.commands.conftest import Suishi, run
from tests.enrollment.national import REVIEWED
from tests.enrollment.zhang import CASE, HOUSEHOLD, VILLAGE
from tests.read_models import ReadModels, read_models
from tests.schemas.identities import resident

KEY: Final = "ab" * 32
NUMBER: Final = resident()
SINCE: Final = datetime.now(COUNTY_TIME).date()
LAST: Final = SINCE + timedelta(days=5)
POSTED: Final = NoticePosted(case=CASE, by="village:wu", until=LAST)


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    """The Zhangs, whose case was reviewed, and their names in the vault."""
    owner = await asyncpg.connect(prepared)
    await owner.execute("TRUNCATE vault.persons, vault.reads")
    pool = await connect(prepared, "vault", size=1)
    persons = await Vault(pool, Keys.from_text(KEY)).persons([Identity("resident", NUMBER, {"name": "张建国"}, registered=True)])
    (head,) = persons.values()
    members = (Member(person=uuid4(), relation="wife"), Member(person=head, relation="head"))
    registered = did.HouseholdRegistered(household=HOUSEHOLD, village_code=VILLAGE, category="never_registered", members=members)
    async with read_models(prepared, "enrollment") as models:
        await models.write(HOUSEHOLD, registered, *REVIEWED[1:])
        yield models
    await pool.close()
    await owner.close()


@pytest.fixture
def suishi(prepared: str) -> Suishi:
    place = {"SUISHI_DATABASE": prepared, "SUISHI_KAFKA": "127.0.0.1:1"}
    return lambda *arguments, **other: run(*arguments, **{**place, "SUISHI_VAULT_KEY": KEY, **other})


def in_folder(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_notice_that_hangs_is_listed_and_printed_and_the_reading_is_written_down(
    register: ReadModels, suishi: Suishi, tmp_path: Path
) -> None:
    await register.write(HOUSEHOLD, POSTED, on=SINCE)
    (listed,) = json.loads(suishi("notices", "list", "--json").stdout)["notices"]
    assert (str(CASE), "entry", str(LAST), None) == (listed["case_id"], listed["kind"], listed["until"], listed["taken_down_on"])
    file = tmp_path / "notice.html"
    done = suishi("notices", "print", CASE, file)
    assert (f"{file} written; it hangs until {LAST}.\n", 0) == (done.stdout, done.returncode), done.stderr
    assert "历山街道历山居委会：户主张**，家庭人口2人，类型：边缘易致贫户或突发严重困难户。" in file.read_text()
    assert "建国" not in file.read_text()
    owner = await asyncpg.connect(register.owner)
    assert ["notices print"] == [row[0] for row in await owner.fetch("SELECT purpose FROM vault.reads")]
    await owner.close()


async def test_a_notice_that_was_taken_down_is_printed_no_more(register: ReadModels, suishi: Suishi, tmp_path: Path) -> None:
    back = did.StepReturned(case=CASE, step="review", reason_code="objection.raised", undone=("review", "notice"))
    await register.write(HOUSEHOLD, POSTED, back, on=SINCE)
    assert "0 in all.\n" == suishi("notices", "list").stdout
    assert f"down {SINCE} (objection.raised)" in suishi("notices", "list", "--all").stdout
    assert f"{SINCE} 撤下（有异议）" in suishi("notices", "list", "--all", "--lang", "zh").stdout
    done = suishi("notices", "print", CASE, tmp_path / "notice.html")
    assert (f"suishi: the notice of {CASE} was taken down on {SINCE} and can be printed no more.\n", 2) == (done.stderr, done.returncode)
    assert [] == in_folder(tmp_path)


async def test_a_notice_of_whom_was_erased_is_printed_without_his_name_and_says_so(
    register: ReadModels, suishi: Suishi, tmp_path: Path
) -> None:
    await register.write(HOUSEHOLD, POSTED, on=SINCE)
    owner = await asyncpg.connect(register.owner)
    await owner.execute("UPDATE vault.persons SET wrapped_key = '', sealed = '', erased_at = now()")
    await owner.close()
    done = suishi("notices", "print", CASE, tmp_path / "notice.html")
    assert (0, "the vault holds nothing of the head, or it was erased; ** stands for the name.\n") == (done.returncode, done.stderr)
    assert "户主**，家庭人口2人" in (tmp_path / "notice.html").read_text()


async def test_where_the_page_cannot_be_written_nobody_is_read(register: ReadModels, suishi: Suishi, tmp_path: Path) -> None:
    await register.write(HOUSEHOLD, POSTED, on=SINCE)
    (tmp_path / "there.html").write_text("a page")
    said = {
        tmp_path / "none" / "n.html": f"there is no folder {tmp_path}/none.",
        tmp_path / "there.html": f"{tmp_path}/there.html is already there; name another file.",
        tmp_path / "n.xlsx": f"{tmp_path}/n.xlsx should end in .html.",
    }
    for file, sentence in said.items():
        done = suishi("notices", "print", CASE, file)
        assert (f"suishi: {sentence}\n", 2) == (done.stderr, done.returncode)
    owner = await asyncpg.connect(register.owner)
    assert [] == await owner.fetch("SELECT purpose FROM vault.reads")
    await owner.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_is_closed_to_who_prints_is_told(suishi: Suishi, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = suishi("notices", "print", CASE, tmp_path / "n.html")
    tmp_path.chmod(0o700)
    assert (f"suishi: nothing can be written into {tmp_path}.\n", 2) == (done.stderr, done.returncode)


async def test_without_the_key_of_the_vault_nothing_is_printed(register: ReadModels, suishi: Suishi, tmp_path: Path) -> None:
    await register.write(HOUSEHOLD, POSTED, on=SINCE)
    done = suishi("notices", "print", CASE, tmp_path / "notice.html", SUISHI_VAULT_KEY="cd" * 32)
    assert "suishi: the vault stays closed: SUISHI_VAULT_KEY is not the key of this vault" in done.stderr
    assert (2, []) == (done.returncode, in_folder(tmp_path))


async def test_a_case_without_a_notice_is_told_so(register: ReadModels, suishi: Suishi, tmp_path: Path) -> None:
    await register.write(HOUSEHOLD)
    done = suishi("notices", "print", CASE, tmp_path / "notice.html")
    assert (f"suishi: the case {CASE} has no notice.\n", 2) == (done.stderr, done.returncode)


async def test_a_notice_that_has_hung_long_enough_is_printed_no_more(register: ReadModels, suishi: Suishi, tmp_path: Path) -> None:
    await register.write(HOUSEHOLD, POSTED, NoticeEnded(case=CASE), on=SINCE)
    done = suishi("notices", "print", CASE, tmp_path / "notice.html")
    assert (f"suishi: the notice of {CASE} was taken down on {SINCE} and can be printed no more.\n", 2) == (done.stderr, done.returncode)


async def test_a_notice_tells_the_type_that_was_found_for_the_case(register: ReadModels, suishi: Suishi, tmp_path: Path) -> None:
    await register.write(HOUSEHOLD, NoticePosted(case=CASE, by="village:wu", until=LAST, type="marginal"), on=SINCE)
    suishi("notices", "print", CASE, tmp_path / "notice.html")
    assert "类型：边缘易致贫户。" in (tmp_path / "notice.html").read_text()


async def test_what_became_of_the_household_since_changes_no_notice_that_hangs(
    register: ReadModels, suishi: Suishi, tmp_path: Path
) -> None:
    await register.write(HOUSEHOLD, POSTED, on=SINCE)
    ((wife,),) = await register.rows("SELECT person FROM enrollment.members WHERE relation = 'wife'")
    died = MembersLeft(members=(Member(person=wife, relation="wife"),), on=SINCE, reason="died", fact=uuid4())
    await register.write(HOUSEHOLD, died, HouseholdMoved(village_code="370323100201", on=SINCE), on=SINCE)
    (now,) = await register.rows("SELECT village_code, member_count FROM enrollment.households")
    assert ("370323100201", 1) == now
    suishi("notices", "print", CASE, tmp_path / "notice.html")
    assert "历山街道历山居委会：户主张**，家庭人口2人" in (tmp_path / "notice.html").read_text()


async def test_a_county_names_its_villages_in_a_table_of_its_own(register: ReadModels, suishi: Suishi, tmp_path: Path) -> None:
    await register.write(HOUSEHOLD, POSTED, on=SINCE)
    table = tmp_path / "villages.csv"
    table.write_text(f"town,village_code,village\n某镇,{VILLAGE},某村\n", encoding="utf-8")
    suishi("notices", "print", CASE, tmp_path / "notice.html", SUISHI_DIVISIONS=str(table))
    assert "某镇某村：户主" in (tmp_path / "notice.html").read_text()


async def test_a_table_that_cannot_be_used_is_told(register: ReadModels, suishi: Suishi, tmp_path: Path) -> None:
    await register.write(HOUSEHOLD, POSTED, on=SINCE)
    done = suishi("notices", "print", CASE, tmp_path / "notice.html", SUISHI_DIVISIONS=str(tmp_path))
    assert "suishi: the division table of SUISHI_DIVISIONS cannot be used: " in done.stderr
    assert 2 == done.returncode


def test_what_is_no_id_of_a_case_is_refused(suishi: Suishi, tmp_path: Path) -> None:
    done = suishi("notices", "print", "zhang", tmp_path / "notice.html")
    assert ("suishi: zhang is no id of a case, which is a UUID.\n", 2) == (done.stderr, done.returncode)
