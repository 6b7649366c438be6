"""The eventsourcing library's own recorder test cases, run against our rows in PostgreSQL."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from functools import partial
from typing import Final
from unittest import TestCase

import pytest
from eventsourcing.tests import persistence as library

from tests.pipeline.backends import InPostgres
from tests.pipeline.recorder import LibraryAggregateRecorder, LibraryRecorder, loop_in_a_thread

# Such a test runs and must fail: a reason that no longer holds is found.
does_not_apply = partial(pytest.mark.xfail, strict=True, raises=(AssertionError, NotImplementedError))
REPEATED: Final = "a repeated position is left out by the handler; the store keeps the greatest and has nothing to refuse"
NOT_FOR_A_RECORDER: Final = {
    "RecorderTestCase": "holds no test: the others inherit its comparisons",
    "InfrastructureFactoryTestCase": "services are composed by hand in main, without the library's factories",
    "TranscoderTestCase": "states are pydantic's JSON, written and read by our mapper",
}


class Opened:
    """A recorder over an empty log for every test case."""

    recorder_class: type[LibraryRecorder] = LibraryRecorder

    @pytest.fixture(autouse=True)
    def opened(self, log_database: str) -> Iterator[None]:
        postgres = InPostgres(log_database)
        with loop_in_a_thread() as loop:
            asyncio.run_coroutine_threadsafe(postgres.open(), loop).result()
            self._recorder = self.recorder_class(postgres.store(), loop)
            yield
            asyncio.run_coroutine_threadsafe(postgres.close(), loop).result()

    def create_recorder(self) -> LibraryRecorder:
        return self._recorder


class TestAggregateRecorder(Opened, library.AggregateRecorderTestCase):
    recorder_class = LibraryAggregateRecorder


class TestApplicationRecorder(Opened, library.ApplicationRecorderTestCase):
    @does_not_apply(reason="our relay reads pages and is woken; the store has no subscription")
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(Opened, library.TrackingRecorderTestCase):
    @does_not_apply(reason=REPEATED)
    def test_insert_tracking(self) -> None:
        super().test_insert_tracking()


class TestProcessRecorder(Opened, library.ProcessRecorderTestCase):
    @does_not_apply(reason=REPEATED)
    def test_insert_select(self) -> None:
        super().test_insert_select()

    @does_not_apply(reason=REPEATED)
    def test_raises_when_lower_inserted_later(self) -> None:
        super().test_raises_when_lower_inserted_later()


class TestNonInterleavingPositions(Opened, library.NonInterleavingNotificationIDsBaseCase):
    pass


def test_every_test_case_of_the_library_runs_here_or_is_named_with_a_reason() -> None:
    theirs = {name for name, case in inspect.getmembers(library, inspect.isclass) if issubclass(case, TestCase) and case is not TestCase}
    ours = {base.__name__ for case in Opened.__subclasses__() for base in case.__bases__ if base is not Opened}
    assert theirs == ours | set(NOT_FOR_A_RECORDER)


def test_every_optional_test_of_the_library_is_known() -> None:
    cases = [case for _, case in inspect.getmembers(library, inspect.isclass)]
    assert {name for case in cases for name in vars(case) if name.startswith("optional")} == {"optional_test_insert_subscribe"}
