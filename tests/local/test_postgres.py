"""A server whose data folder was made by half is made anew, whatever stopped the making."""

from __future__ import annotations

import pytest

from local.folder import throw_away_folder
from local.language import speak
from local.postgres import Postgres
from local.problem import Problem


def test_a_database_that_could_not_be_made_is_no_prepared_one() -> None:
    """In single-user mode PostgreSQL goes on after an error, and its exit code tells nothing."""
    speak("en")
    with throw_away_folder() as folder:
        with pytest.raises(Problem, match="PostgreSQL could not be run: "):
            Postgres(folder, "a quote ' breaks the statement", throw_away=True).prepare()
        assert not (folder / "postgres" / "prepared").exists()
        Postgres(folder, "unbroken", throw_away=True).prepare()
        assert (folder / "postgres" / "prepared").exists()


def test_a_server_that_does_not_start_says_why() -> None:
    speak("en")
    with throw_away_folder() as folder:
        server = Postgres(folder, "unbroken", throw_away=True)
        server.prepare()
        (folder / "postgres" / "data" / "postgresql.conf").write_text("nonsense = on")
        server.launch()
        with pytest.raises(Problem, match=r"^postgres is not running: .* contains errors$"):
            server.wait()
