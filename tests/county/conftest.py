from __future__ import annotations

import pytest

from tests.county.sample import County, county_of


@pytest.fixture(scope="session")
def county() -> County:
    """The whole county, once for all tests."""
    return county_of(1)


@pytest.fixture(scope="session", params=[2000, 300])
def smaller(request: pytest.FixtureRequest) -> County:
    """The county in proportion to fewer households."""
    return county_of(7, request.param)
