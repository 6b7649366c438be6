"""The group `./suishi audit` that its commands register themselves on."""

from typing import Final

import typer

from commands.app import Listed, app
from local.language import say

audit: Final = typer.Typer(
    cls=Listed,
    no_args_is_help=True,
    help=say("核验日志，查询户的来龙去脉，检查数据质量。", "Verify the logs; follow a household; check the data."),
)
app.add_typer(audit, name="audit")
