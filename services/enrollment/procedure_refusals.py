"""Why a step, an exit or an appeal was refused, in words for the cadre who asked: Chinese first."""

from __future__ import annotations

from typing import Final

PROCEDURE_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "actor.unnamed": (
        "此操作须由具名的人员办理。 This needs a named person.",
        "请在 authid 填写办理人后重发。 Name in authid who does it.",
    ),
    "actor.wrong-role": (
        "您的岗位不得办理此步骤。 Your role may not do this step.",
        "请由政策包规定的岗位办理。 Let somebody do it whose role the policy pack names.",
    ),
    "clue.raised-since": (
        "该线索在此次核查之后才产生。 The clue was raised by what was told after this look.",
        "请就该线索重新核查。 Look once more, for this clue.",
    ),
    "step.not-in-pack": (
        "该政策包没有此步骤。 The policy pack of this case has no such step.",
        "请办理可办的下一步骤。 Do what fits next.",
    ),
    "step.too-early": (
        "前面的步骤尚未完成。 Earlier steps are not done yet.",
        "请先完成可办的下一步骤。 Do first what fits next.",
    ),
    "step.already-done": (
        "该步骤已完成。 This step is done.",
        "请办理下一步骤；要重办须先退回。 Go on, or have the case sent back to it.",
    ),
    "return.not-done": (
        "不能退回到未完成的步骤。 A case cannot be sent back to a step that was not done.",
        "请写明一个已完成的步骤。 Name a step that was done.",
    ),
    "notice.too-early": (
        "公示期未满。 The notice has not hung long enough.",
        "请在公示期满后结束公示。 Close it when its period is over.",
    ),
    "notice.ended": (
        "公示期已满，公示已撤下。 The notice has hung its time and came down.",
        "请向乡镇反映，或对其后的决定提出申诉。 Tell the township, or file an appeal against the decision that follows.",
    ),
    "review.too-many-votes": (
        "票数多于到会人数。 There are more votes than people who were there.",
        "请核对票数，并列出全部到会人员。 Check the tally, and name everybody who was there.",
    ),
    "review.not-carried": (
        "赞成票未超过反对票，评议不能通过。 No more were in favour than against, so that the review did not pass.",
        "请核对票数，或按未通过、退回上报。 Check the tally, or report it rejected or returned.",
    ),
    "review.carried": (
        "赞成票多于反对票，评议已通过，不能按未通过上报。 More were in favour than against: the review passed and is not told as rejected.",
        "请核对票数，按通过上报；有异议的可退回或提出异议。 Check the tally and report it approved; who disagrees can return it or object.",
    ),
    "exit.facts-hold": (
        "按现有事实仍符合帮扶条件。 By the facts known the household still qualifies.",
        "请先补充新的事实或入户核查。 Report new facts or visit again first.",
    ),
    "exit.proposed-later": (
        "日期早于提出退出之日，不是对本次退出的办理。 It is dated before the exit was proposed, so that it does not answer it.",
        "请核对日期；本次退出请另行办理。 Check its date, and decide on this exit of itself.",
    ),
    "exit.names-a-type": (
        "退出的审定不写对象类型和致贫风险。 A decision on an exit names no type and no risks.",
        "如是对退出的审定，请删去类型和风险后重发。 Leave both out, where it decides on the exit.",
    ),
    "exit.too-early": (
        "纳入帮扶未满最短期限。 The household has not been enrolled long enough.",
        "请在期满后提出。 Propose it when the time is over.",
    ),
    "exit.income-not-stable": (
        "风险消除的稳定期未满。 What no longer holds has not stayed so long enough.",
        "请在稳定期满后提出。 Propose it when the time is over.",
    ),
    "exit.no-measure": (
        "尚无已落实的帮扶措施。 No measure was delivered yet.",
        "请先落实措施，或按自然消除办理。 Deliver one first, or propose a natural exit.",
    ),
    "exit.guarantee-open": (
        "“两不愁三保障”或饮水安全仍有未解决的问题。 A guarantee is still not met.",
        "请先解决并重新入户核查。 Mend it and visit again.",
    ),
    "exit.without-labour": (
        "整户无劳动力，按政策包不得退出。 Nobody in the household can work; the policy pack keeps it in.",
        "请继续落实兜底保障。 Go on with the base item of its plan.",
    ),
    "exit.appeal-open": (
        "申诉尚未办结。 An appeal is open.",
        "请先就申诉作出决定。 Decide the appeal first.",
    ),
    "appeal.already-open": (
        "已有一件申诉在办理。 An appeal is open already.",
        "请先就该申诉作出决定。 Have it decided first.",
    ),
    "appeal.nothing-decided": (
        "没有可以申诉的决定。 There is no decision to appeal against.",
        "请查看该户当前状态。 Look at the household's present state.",
    ),
    "appeal.no-decision": (
        "所申诉的不是对该户作出的决定。 What is appealed against is no decision on this household.",
        "请填写该决定消息的编号。 Name the id of the message that told the decision.",
    ),
    "appeal.not-returned": (
        "申诉只能成立或不成立。 An appeal is right or not; it cannot be returned.",
        "请写成立（approved）或不成立（rejected）。 Decide approved or rejected.",
    ),
    "appeal.open": (
        "申诉尚未办结，不得审定。 An appeal is open; nothing can be approved.",
        "请先就申诉作出决定。 Decide the appeal first.",
    ),
    "emergency.already-started": (
        "已经先行救助。 Emergency help was started already.",
        "请继续办理程序。 Go on with the procedure.",
    ),
    "verification.rejected": (
        "入户核查未通过。 The visit did not confirm the case.",
        "情况变化时可再次申请。 Apply again when circumstances change.",
    ),
    "comparison.rejected": (
        "信息比对未通过。 The comparison of assets did not pass.",
        "对比对结果有异议的，可提供证明。 Bring proof if the comparison is wrong.",
    ),
    "review.rejected": (
        "民主评议未通过。 The village's review did not pass.",
        "情况变化时可再次申请。 Apply again when circumstances change.",
    ),
    "township.rejected": (
        "乡镇审核未通过。 The township did not approve.",
        "情况变化时可再次申请。 Apply again when circumstances change.",
    ),
}
