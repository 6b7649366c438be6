"""`./suishi doctor`: whether this machine can run us, and what to do when it cannot."""

import typer

from commands.app import app, out
from commands.options import Json
from commands.showing import show_json
from local.examination import examine
from local.language import say


@app.command(help=say("检查本机是否具备运行条件。", "Look at this machine: can it run us, and what is to be done?"))
def doctor(*, as_json: Json = False) -> None:
    findings = list(examine())
    if as_json:
        show_json({finding.name: {"ok": finding.ok, "text": finding.text} for finding in findings})
    else:
        for finding in findings:
            out.print(f"{'✓' if finding.ok else '✗'} {finding.name:<11} {finding.text}", markup=False, highlight=False)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
