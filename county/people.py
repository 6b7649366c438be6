"""People who never lived: identity numbers of a prefix that was never issued, and names that software often breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, Literal

from stdnum.cn.ric import calc_check_digit

PREFIX: Final = "370399"
CENSUS_YEAR: Final = 2020
ORDERS_PER_DAY: Final = 500
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛" * 4 + "亓逄綦麴昝夲𬱖"
MALE: Final = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林国建成福贵全山东海玉春生永胜德"
FEMALE: Final = "芳娜敏静丽艳娟霞秀英华慧巧美兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛瑞凡佳桂娣叶璧璐娅琦晶"
RARE: Final = "㛃龘喆堃昇犇赟翀頔祎䶮𠅤𬭎𬸦"
MANY_NAMES: Final = ("阿依古丽·买买提", "迪丽努尔·艾合买提", "巴特尔·苏和", "卓玛·央金", "古丽娜尔·吐尔逊", "艾力·卡德尔")
WORKING_AGE: Final = 16
RETIREMENT: Final = 60
OLD: Final = 75

Labour = Literal["none", "partial", "full"]


@dataclass(frozen=True, slots=True)
class Person:
    """`key` is the opaque partition key under which departments report about this person."""

    number: str
    name: str
    birth: date
    female: bool
    relation: str
    labour: Labour
    health: str
    key: str

    @property
    def age(self) -> int:
        """In whole years of the census year."""
        return CENSUS_YEAR - self.birth.year


def chance(random: Random, share: float) -> bool:
    """Whether something happens that happens in this share of all cases."""
    return random.random() < share


class People:
    """Makes persons; no identity number twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._given: dict[tuple[date, bool], int] = {}

    def person(self, relation: str, age: int, *, female: bool, surname: str) -> Person:
        random = self._random
        birth = date(CENSUS_YEAR - age, 1, 1) + timedelta(days=random.randrange(365))
        number, birth = self._number(birth, female=female)
        labour, health = self._labour(age)
        return Person(number, self._name(surname, female=female), birth, female, relation, labour, health, f"{random.getrandbits(48):012x}")

    def surname(self) -> str:
        return self._random.choice(SURNAMES)

    def _number(self, birth: date, *, female: bool) -> tuple[str, date]:
        while (order := self._given.get((birth, female), 0)) >= ORDERS_PER_DAY:
            birth -= timedelta(days=1)
        self._given[birth, female] = order + 1
        body = f"{PREFIX}{birth:%Y%m%d}{2 * order + (0 if female else 1):03d}"
        return body + calc_check_digit(body + "0"), birth

    def _name(self, surname: str, *, female: bool) -> str:
        random = self._random
        if chance(random, 0.004):
            return random.choice(MANY_NAMES)
        given = FEMALE if female else MALE
        first = random.choice(RARE if chance(random, 0.008) else given)
        return surname + first + (random.choice(given) if chance(random, 0.7) else "")

    def _labour(self, age: int) -> tuple[Labour, str]:
        if age < WORKING_AGE or age >= OLD:
            return "none", "健康" if chance(self._random, 0.7) else "长期慢性病"
        if age >= RETIREMENT:
            return ("partial", "健康") if chance(self._random, 0.7) else ("none", "长期慢性病")
        if chance(self._random, 0.86):
            return "full", "健康"
        return ("partial", "长期慢性病") if chance(self._random, 0.6) else ("none", "残疾")
