from collections.abc import Iterator

import pytest

from local.stack import running
from tests.journeys.system import System, performing


@pytest.fixture(scope="package")
def system() -> Iterator[System]:
    """A stack of its own: the topics of the services have fixed names, and their processes are killed here."""
    with running() as stack, performing(stack) as everything:
        yield everything
