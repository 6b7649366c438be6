from collections.abc import Iterator

import pytest

from county.divisions import TABLE
from local.stack import running
from tests.journeys.system import System, performing

PAGE = {"SUISHI_PUBLIC_URL": "https://county.example/suishi", "SUISHI_ACK_KEY": "0123456789abcdef0123456789abcdef"}
VILLAGES = {"SUISHI_DIVISIONS": str(TABLE)}


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """A stack of its own: the topics of the services have fixed names."""
    with running() as stack, performing(stack, **PAGE, **VILLAGES) as everything:
        yield everything
