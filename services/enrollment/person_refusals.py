"""Why two entries were not joined or parted, in words for whoever asked: Chinese first."""

from __future__ import annotations

from typing import Final

PERSON_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "persons.same": (
        "两个证件号是同一人的同一条记录。 Both documents name the same entry.",
        "请核对证件号。 Check the numbers.",
    ),
    "persons.keep-unregistered": (
        "要保留的人员现不在任何一户，重复人员却在。 Nobody's household has the person to keep, but one has the duplicate.",
        "请互换保留人员与重复人员。 Keep the one whom a household has.",
    ),
    "persons.one-died": (
        "两条记录中只有一条已报死亡。 Only one of the two was told dead.",
        "请民政部门先补报或撤回死亡。 Let civil affairs tell the other's death or withdraw the one first.",
    ),
    "persons.not-merged": (
        "这两人未曾合并。 These two are not merged.",
        "请核对证件号。 Check the numbers.",
    ),
    "person.merged-into-another": (
        "有成员的证件号已与另一人合并，按该人计。 The number of a member was joined to another person, and counts as his.",
        "如合并有误，请由县里撤销合并（unmerge-persons）后重报。 If that was wrong, let the county part them (unmerge-persons) first.",
    ),
    "person.registered-twice": (
        "更正后的证件号已登记为另一人，未自动合并。 The new number is registered as another person; the two were not joined.",
        "如确为同一人，请由县里合并人员（merge-persons）。 If they are one, let the county merge them (merge-persons).",
    ),
    "identity.of-another": (
        "更正的证件号不是所指人员的。 The corrected number is not that of the person named.",
        "请核对人员和新旧证件号后重报。 Check the person and both numbers and send it again.",
    ),
    "identity.not-reversible": (
        "撤回不能把已按更正合并的人员分开。 Withdrawing the correction does not part the persons that it joined.",
        "如更正有误，请由县里撤销合并（unmerge-persons）。 If it was wrong, let the county part them (unmerge-persons).",
    ),
}
