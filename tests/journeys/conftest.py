from collections.abc import Iterator

import pytest

from local.stack import running
from tests.journeys.system import System, performing


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """A stack of its own: the topics of the services have fixed names."""
    with running() as stack, performing(stack) as everything:
        yield everything
