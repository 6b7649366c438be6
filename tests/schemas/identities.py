"""Identity numbers that no living person has: their place never existed."""

from datetime import date

from hypothesis import strategies as st
from stdnum.cn.ric import calc_check_digit

NOWHERE = "370399"


def resident(birth: str = "19680315", order: str = "021") -> str:
    """A number that is right by its check digit, whatever the birth date is."""
    digits = f"{NOWHERE}{birth}{order}"
    return digits + calc_check_digit(f"{digits}0")


def wrong_check_digit(number: str) -> str:
    return number[:-1] + ("1" if number[-1] == "0" else "0")


births = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(lambda born: f"{born:%Y%m%d}")
residents = st.builds(resident, births, st.integers(0, 999).map("{:03}".format))
