from collections.abc import Iterator

import pytest

from tests.journeys.system import System, performing
from tests.system.servers import Machine, machine_of_our_own

pytest.register_assert_rewrite("tests.system.oracle", "tests.system.sealed")


@pytest.fixture(scope="package")
def machine() -> Iterator[Machine]:
    with machine_of_our_own() as servers:
        yield servers


@pytest.fixture(scope="package")
def system(machine: Machine) -> Iterator[System]:
    """A stack of its own: the topics of the services have fixed names, and their processes are killed here."""
    with performing(machine.start()) as everything:
        yield everything


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often a fault is repeated."""
    return 5 if request.config.getoption("--long") else 1
