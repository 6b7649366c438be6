"""What `audit household` prints of a statement."""

from datetime import date
from uuid import UUID

from audit.as_of.household import Statement
from commands.audit.household import line
from local.language import speak


def test_what_was_so_before_the_opening_balance_is_told_so() -> None:
    village = Statement(what="village", subject="", value="370323001001", since=None, event_id=UUID(int=7), position=9943)
    speak("en")
    assert f"village   370323001001\n          since before the opening balance  by enrollment 9943 {UUID(int=7)}" == line(village)
    speak("zh")
    assert f"村        370323001001\n          自期初登记之前  依据 enrollment 9943 {UUID(int=7)}" == line(village)


def test_what_has_a_day_is_told_with_it() -> None:
    speak("en")
    stage = Statement(what="stage", subject="", value="enrolled", since=date(2019, 5, 1), event_id=UUID(int=8), position=2)
    assert f"stage     enrolled\n          since 2019-05-01  by enrollment 2 {UUID(int=8)}" == line(stage)


def test_an_income_and_what_went_up_are_told_in_chinese() -> None:
    speak("zh")
    net = "net 6,000.00 yuan reference 6,250.00 yuan 2020-01-01/2020-12-31"
    told = [
        ("income", "", net),
        ("unmet", "", "housing"),
        ("measure", "", "started"),
        ("escalated", "first-measure", "level 1 until 2021-02-05"),
    ]
    lines = [
        line(Statement(what=what, subject=subject, value=value, since=None, event_id=UUID(int=1), position=1)).splitlines()[0]
        for what, subject, value in told
    ]
    assert [
        "收入      纯收入 6,000.00 元 参考收入 6,250.00 元 2020-01-01/2020-12-31",
        "未达标    住房",
        "措施      已开始",
        "提级      首项措施 级别 1 至 2021-02-05",
    ] == lines
