"""What is wrong with a household, and what to write."""

from __future__ import annotations

from typing import Final

from commands.register_sheet.cells import Said

MISSING: Final = Said("缺失", "is missing")
FILL_IN: Final = Said("请填写", "fill it in")
NO_HEAD: Final = Said("本户没有户主", "names no head in this household")
TWO_HEADS: Final = Said("本户有两名户主", "names a second head of this household")
NAME_HEAD: Final = Said("无户编号时请填写户主姓名", "write the name of the head where there is no 户编号")
ONE_HEAD: Final = Said("请在一名成员处填“户主”", "write 户主 for one member")
OTHER_HEAD: Final = Said("与上方户主行的姓名不符", "is not the name of the head above")
ITS_OWN_HEAD: Final = Said("与本行户主的姓名不符", "names another head than itself")
SAME_NAME: Final = Said("户主行的“户主”请填其本人姓名", "write the name of this row, which is the head's")
OTHER_VALUE: Final = Said("与本户其他行不一致", "differs from another row of the household")
MAKE_SAME: Final = Said("请统一填写", "make them the same")
FUTURE: Final = Said("晚于今天", "lies in the future")
CHECK: Final = Said("请核对", "check it")
ENROLLED_NEEDS: Final = Said("已纳入的户请填写；未纳入的户请清空相关各列", "an enrolled household needs it")
NO_ANSWER: Final = Said("措施重复，或不对应本户的致贫风险", "has a measure twice, or one that answers none of the risks")
EACH_ONCE: Final = Said("写兜底或本户的致贫风险，每项一次", "write 兜底 or a risk of the household, once")
OTHER_ADDRESS: Final = Said("与该干部在上方的邮箱不同", "differs from this cadre's above")
NO_VILLAGE: Final = Said("不在本县区划表中", "is not in the county's division table")
MOVE: Final = Said(
    "已登记；请更正区划表，或报迁移到正确的村", "it is registered all the same: mend the table, or report a move to the right village"
)
ABOLISHED: Final = Said("已撤销", "is not in force any more")
UNNAMED: Final = Said("填有邮箱而无干部", "is missing beside an address")
UNANSWERED: Final = Said("系统处理不了，会被搁置", "would be set aside without an answer")
REPORT: Final = Said("请报告后再导入", "report it before this household is brought in")
