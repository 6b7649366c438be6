"""How large everything in the sample county is, at full scale or in proportion to fewer households."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel

SAMPLE: Final = Path(__file__).parent / "county-370323.toml"
FEWEST_FOUND: Final = 8


class Group(BaseModel, frozen=True):
    households: int
    persons: int


class Line(BaseModel, frozen=True):
    """Fen per person and year, in force from `valid_from` until a later line."""

    valid_from: date
    fen: int


class Signals(BaseModel, frozen=True):
    inpatient_lifted_fen: int
    inpatient_never_fen: int
    outpatient_fen: int
    school_fee_fen: int
    lines: tuple[Line, ...]

    def inpatient_fen(self, category: str) -> int:
        return self.inpatient_never_fen if category == "never_registered" else self.inpatient_lifted_fen

    def line_fen(self, on: date) -> int:
        return max((line for line in self.lines if line.valid_from <= on), key=lambda line: line.valid_from).fen


class _Population(BaseModel):
    receiving: Group
    not_receiving: Group
    immediate: Group
    cadres: int
    first_secretaries: int
    grid_workers: int
    special_persons: int
    country_households: int


class _Season(BaseModel):
    first_day: date
    last_day: date


class _Sample(BaseModel):
    population: _Population
    season: _Season
    signals: Signals
    found: dict[str, int]
    others: dict[str, int]
    everyday: dict[str, int]
    disturbances: dict[str, int]


@dataclass(frozen=True)
class Figures:
    """`immediate` are the households that must be enrolled at the end; `found` and `others` count households by story."""

    receiving: Group
    not_receiving: Group
    immediate: Group
    country_households: int
    cadres: int
    first_secretaries: int
    grid_workers: int
    special_persons: int
    found: Mapping[str, int]
    others: Mapping[str, int]
    everyday: Mapping[str, int]
    disturbances: Mapping[str, int]
    signals: Signals
    days: tuple[date, ...]


def figures(households: int | None = None) -> Figures:
    """Everything in proportion to `households` in the register; exactly the published figures when it is None."""
    sample = _Sample.model_validate(tomllib.loads(SAMPLE.read_text(encoding="utf-8")))
    people = sample.population
    registered = people.receiving.households + people.not_receiving.households
    wanted = registered if households is None else households
    if wanted < 1:
        message = f"a county has at least one registered household, not {wanted}"
        raise ValueError(message)
    scale = wanted / registered
    found, others = _scaled(sample.found, scale), _scaled(sample.others, scale)
    receiving = _part(people.receiving, max(1, round(people.receiving.households * scale)))
    immediate = _part(people.immediate, max(FEWEST_FOUND, round(people.immediate.households * scale)))
    fewest_country = immediate.households + sum(others.values())
    return Figures(
        receiving=receiving,
        not_receiving=_part(people.not_receiving, wanted - receiving.households),
        immediate=immediate,
        country_households=max(fewest_country + FEWEST_FOUND, round(people.country_households * scale)),
        cadres=min(receiving.households, max(1, round(people.cadres * scale))),
        first_secretaries=max(1, round(people.first_secretaries * scale)),
        grid_workers=max(1, round(people.grid_workers * scale)),
        special_persons=max(1, round(people.special_persons * scale)),
        found=found,
        others=others,
        everyday=_scaled(sample.everyday, scale),
        disturbances=_scaled(sample.disturbances, scale),
        signals=sample.signals,
        days=_days(sample.season.first_day, sample.season.last_day),
    )


def _part(whole: Group, households: int) -> Group:
    return Group(households=households, persons=max(households, round(whole.persons * households / whole.households)))


def _scaled(counts: Mapping[str, int], scale: float) -> dict[str, int]:
    return {name: max(1, round(count * scale)) for name, count in counts.items()}


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
