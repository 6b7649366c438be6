"""One county with its season and what must come of it."""

from __future__ import annotations

from typing import NamedTuple

from county.oracle import Expectation, expected
from county.population import Population, population
from county.season import Season, season


class County(NamedTuple):
    people: Population
    season: Season
    expectation: Expectation


def county_of(seed: int, households: int | None = None) -> County:
    people = population(seed, households)
    told = season(people, seed)
    return County(people, told, expected(people, told))
