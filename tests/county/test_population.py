"""Who lives in the sample county: the published figures, to the household."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from stdnum.cn.ric import calc_check_digit

from county.divisions import COUNTY, TABLE, towns, villages
from county.officials import officials
from county.population import population
from schemas.topics import FACTS
from services.division_table import read

if TYPE_CHECKING:
    from county.households import Household
    from county.people import Person
    from tests.county.sample import County


def everybody(county: County) -> list[Person]:
    return [member for household in county.people.by_id.values() for member in household.members]


def size(households: tuple[Household, ...], category: str) -> tuple[int, int]:
    chosen = [household for household in households if household.category == category]
    return len(chosen), sum(len(household.members) for household in chosen)


def test_the_towns_and_villages_are_the_real_ones() -> None:
    """Twelve towns and 468 villages with codes of the county."""
    assert (len(towns()), len({village.code for village in villages()})) == (12, 468)
    assert all(village.code.startswith(COUNTY) and len(village.code) == 12 for village in villages())
    assert "南鲁山镇" in towns().values()


def test_a_service_reads_the_table_of_the_county_as_any_other() -> None:
    divisions = read(TABLE)
    assert divisions.villages.keys() == {village.code for village in villages()}
    assert "历山街道历山居委会" == divisions.name("370323001001")


def test_the_register_has_the_published_size(county: County) -> None:
    """Households and persons of both lifted categories, and of those to be found."""
    assert size(county.people.registered, "lifted_receiving") == (20_694, 33_902)
    assert size(county.people.registered, "lifted_not_receiving") == (7_008, 14_110)
    assert size(county.people.hard_pressed, "never_registered") == (552, 1_184)


def test_those_to_be_found_lie_beyond_the_register(county: County) -> None:
    """The 552 are country households, among thousands of others."""
    registered = {household.id for household in county.people.registered}
    assert registered.isdisjoint(household.id for household in county.people.hard_pressed)
    assert len(county.people.country) == 6_200


def test_every_receiving_household_has_one_of_9867_cadres(county: County) -> None:
    """All cadres are paired, only with households that still receive policy."""
    paired = Counter(household.cadre for household in county.people.registered if household.category == "lifted_receiving")
    assert {cadre.id for cadre in county.people.cadres} == paired.keys()
    assert (len(paired), paired.total()) == (9_867, 20_694)
    assert all(household.cadre is None for household in county.people.registered if household.category != "lifted_receiving")


def test_helpers_are_as_many_as_published(county: County) -> None:
    """Grid workers in every village, first secretaries, special persons."""
    people = county.people
    assert (len(people.grid_workers), len(people.first_secretaries), len(people.special_persons)) == (2_182, 621, 1_474)
    assert {village.code for village in villages()} == {worker.area for worker in people.grid_workers}


def test_every_post_of_the_towns_and_the_county_is_taken_once() -> None:
    """An officer for each town, one for the county, a desk for each department."""
    posts = Counter((one.role, one.area, one.department) for one in officials())
    assert set(posts.values()) == {1}
    assert {area for role, area, _ in posts if role == "town-officer"} == {village.town_code for village in villages()}
    assert {department for role, _, department in posts if role == "department-desk"} == set(FACTS)
    assert ("county-officer", "370323", None) in posts


def test_identity_numbers_are_valid_and_of_nobody(county: County) -> None:
    """A prefix that was never issued, a birth date, a check digit, no number twice."""
    numbers = [person.number for person in everybody(county)]
    assert len(numbers) == len(set(numbers))
    assert all(number.startswith("370399") and number[-1] == calc_check_digit(number) for number in numbers)
    assert all(person.number[6:14] == f"{person.birth:%Y%m%d}" for person in everybody(county))
    assert all(person.female == (int(person.number[16]) % 2 == 0) for person in everybody(county))


def test_names_hold_what_software_often_breaks(county: County) -> None:
    """A middle dot, and characters beyond the basic plane."""
    names = "".join(person.name for person in everybody(county))
    assert "·" in names
    assert any(ord(character) > 0xFFFF for character in names)


def test_every_id_is_given_once(county: County) -> None:
    """Households and helpers."""
    people = county.people
    helpers = [helper.id for helper in (*people.cadres, *people.grid_workers, *people.first_secretaries, *officials())]
    assert len(helpers) == len(set(helpers))
    assert len(people.by_id) == len(people.registered) + len(people.country)


def test_a_smaller_county_keeps_its_proportions(smaller: County) -> None:
    """Everything scales with the register; every village keeps a grid worker."""
    people = smaller.people
    share = len(people.registered) / 27_702
    assert len(people.hard_pressed) == max(8, round(552 * share))
    assert {village.code for village in villages()} == {worker.area for worker in people.grid_workers}


@pytest.mark.parametrize("households", [1, 2, 30])
def test_even_a_hamlet_works(households: int) -> None:
    """The smallest county still has its stories."""
    assert len(population(1, households).registered) == households


def test_a_county_without_households_is_refused() -> None:
    """One plain sentence."""
    with pytest.raises(ValueError, match="at least one registered household"):
        population(1, 0)
