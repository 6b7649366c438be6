"""Whoever comes with a login or a key that does not do is told which one does and who has it, before anything is read or changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

from audit.export.report import Reading
from commands.audit.export import export_days
from commands.import_register import import_register
from commands.notices import print_page
from commands.rebuild import rebuild_all
from local.language import speak
from local.problem import Problem
from local.stack import Stack
from pipeline.postgres import connect
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import NoticePosted
from services.enrollment.vault import Identity, Vault
from services.enrollment.vault_keys import Keys
from tests.commands.test_import_register import WANG, write
from tests.enrollment.national import REVIEWED
from tests.enrollment.zhang import CASE, HOUSEHOLD, MEMBERS, VILLAGE
from tests.logins import opened
from tests.read_models import read_models
from tests.schemas.identities import resident

SINCE: Final = datetime(2021, 1, 5, tzinfo=UTC)
POSTED: Final = NoticePosted(case=CASE, by="village:wu", until=date(2021, 1, 10))


@pytest.fixture
def logins(stack: Stack, prepared: str) -> Iterator[Callable[[str], str]]:
    """The DSN of a role that comes by itself, as long as the test runs."""
    with opened(stack, prepared, ("suishi_auditor", "suishi_enrollment", "suishi_vault")) as doors:
        yield doors.database_as


@pytest.fixture(autouse=True)
def auditor(logins: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are called as functions here; their environment is the auditor's."""
    monkeypatch.setenv("SUISHI_DATABASE", logins("suishi_auditor"))
    speak("en")


@pytest.fixture
async def posted(prepared: str) -> None:
    """The Zhangs' notice hangs."""
    registered = did.HouseholdRegistered(household=HOUSEHOLD, village_code=VILLAGE, category="never_registered", members=MEMBERS)
    async with read_models(prepared, "enrollment") as models:
        await models.write(HOUSEHOLD, registered, *REVIEWED[1:], POSTED, on=SINCE.date())


def in_plain(folder: Path) -> None:
    export_days(folder / "plain.jsonl", first=SINCE, last=SINCE, plain=True, purpose="a complaint")


def printed(folder: Path) -> None:
    print_page(str(CASE), folder / "notice.html")


def tried(folder: Path) -> None:
    import_register(write(folder / "r.xlsx", WANG), dry_run=True)


def test_who_has_no_key_of_the_vault_is_told_which_one_and_where_it_is(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"set SUISHI_VAULT_KEY to the 64 hexadecimal digits with which it was written .* up shows"):
        in_plain(tmp_path)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.usefixtures("posted")
@pytest.mark.parametrize(("command", "login"), [(in_plain, "auditor"), (printed, "auditor"), (tried, "enrollment")])
def test_who_has_the_key_and_no_login_of_the_vault_is_told_which_one_and_it_does(
    command: Callable[[Path], None], login: str, logins: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUISHI_VAULT_KEY", "ab" * 32)
    monkeypatch.setenv("SUISHI_DATABASE", logins(f"suishi_{login}"))
    with pytest.raises(Problem, match="name in SUISHI_DATABASE_VAULT the DSN of one that may act as suishi_vault"):
        command(tmp_path)
    assert [] == [file for file in tmp_path.iterdir() if file.suffix != ".xlsx"]
    monkeypatch.setenv("SUISHI_DATABASE_VAULT", logins("suishi_vault"))
    command(tmp_path)


AWAY: Final = ("127.0.0.1:1", "nowhere.invalid")


@pytest.mark.usefixtures("posted")
@pytest.mark.parametrize("server", AWAY)
@pytest.mark.parametrize("command", [in_plain, printed, tried])
def test_a_vault_that_is_away_is_told_by_its_own_place_and_where_that_is_set(
    command: Callable[[Path], None], server: str, logins: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUISHI_VAULT_KEY", "ab" * 32)
    monkeypatch.setenv("SUISHI_DATABASE", logins("suishi_enrollment" if command is tried else "suishi_auditor"))
    monkeypatch.setenv("SUISHI_DATABASE_VAULT", f"postgresql://sun:secret@{server}/vault")
    with pytest.raises(Problem) as told:
        command(tmp_path)
    assert str(told.value).startswith(f"the vault's database postgresql://sun@{server}/vault cannot be used: ")
    assert str(told.value).endswith("Check SUISHI_DATABASE_VAULT (SUISHI_DATABASE where that is not set), or try again when it is back.")
    assert [] == [file for file in tmp_path.iterdir() if file.suffix != ".xlsx"]


async def there(_: Reading) -> None:
    """The vault as it answers before a log is read."""


def test_a_vault_that_goes_away_while_the_logs_are_read_is_told_by_its_own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.audit.export.may_read", there)
    monkeypatch.setenv("SUISHI_VAULT_KEY", "ab" * 32)
    monkeypatch.setenv("SUISHI_DATABASE_VAULT", "postgresql://sun:secret@127.0.0.1:1/vault")
    with pytest.raises(Problem, match=r"the vault's database postgresql://sun@127\.0\.0\.1:1/vault cannot be used: "):
        in_plain(tmp_path)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("login", "key", "problem"),
    [
        ("suishi_vault", "cd" * 32, "the vault stays closed: SUISHI_VAULT_KEY is not the key of this vault"),
        ("suishi_auditor", "ab" * 32, "name in SUISHI_DATABASE_VAULT the DSN of one that may act as suishi_vault"),
    ],
)
def test_who_may_not_read_in_plain_is_told_so_before_a_log_is_read(  # noqa: PLR0913, PLR0917 - the three columns and what pytest brings
    login: str, key: str, problem: str, prepared: str, logins: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked for a log here would be told that it is away."""
    before = asyncio.run(knows_li(prepared))
    monkeypatch.setenv("SUISHI_VAULT_KEY", key)
    monkeypatch.setenv("SUISHI_DATABASE", "postgresql://sun@127.0.0.1:1/log")
    monkeypatch.setenv("SUISHI_DATABASE_VAULT", logins(login))
    with pytest.raises(Problem, match=problem):
        in_plain(tmp_path)
    assert ([], before) == (list(tmp_path.iterdir()), asyncio.run(knows_li(prepared)))


async def knows_li(dsn: str) -> int:
    """Somebody is in the vault, else any key would do; gives how often it was read."""
    pool = await connect(dsn, "vault", size=1)
    try:
        await Vault(pool, Keys.from_text("ab" * 32)).persons([Identity("resident", resident(order=901), {"name": "李一"}, registered=True)])
        reads: int = await pool.fetchval("SELECT count(*) FROM reads")
    finally:
        await pool.close()
    return reads


def test_the_auditor_rebuilds_nothing_and_is_told_what_he_may_do() -> None:
    with pytest.raises(Problem, match=r"this login may only read: .* replay compares them and changes nothing"):
        rebuild_all()
