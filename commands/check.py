"""`./suishi check`: everything a change must pass, each with its verdict."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.app import app, out
from commands.test import SHARED
from commands.vulnerabilities import findings, known
from local.language import say
from local.services import ROOT

TOOLS = Path(sys.executable).parent
PYTHON = [sys.executable, "-P", "-m"]
CHECKS = {
    "format": [str(TOOLS / "ruff"), "format", "--check", ".", "suishi"],
    "lint": [str(TOOLS / "ruff"), "check", ".", "suishi"],
    "types": [str(TOOLS / "basedpyright")],
    "layers": [str(TOOLS / "lint-imports")],
    "schemas": [*PYTHON, "schemas.generate", "--check"],
    "tests": [*PYTHON, "pytest", *SHARED],
}


@app.command(
    help=say(
        "检查格式、规范、类型、分层、模式文件，并运行全部测试。",
        "Check all that a change must pass. Format, lint, types, layers, schemas and all tests.",
    )
)
def check(
    *,
    audit: Annotated[
        bool,
        typer.Option(
            "--audit",
            help=say(
                "只向 PyPI 查询锁定的依赖包有无已知漏洞（需要网络）",
                "instead, ask PyPI for known vulnerabilities of the locked packages (needs the network)",
            ),
        ),
    ] = False,
) -> None:
    if audit:
        _audit()
        return
    verdicts = {name: subprocess.run(command, cwd=ROOT, check=False).returncode == 0 for name, command in CHECKS.items()}  # noqa: S603
    for name, passed in verdicts.items():
        out.print(f"{name:<8} {say('通过', 'ok') if passed else say('未通过', 'FAILED')}", highlight=False)
    if not all(verdicts.values()):
        raise typer.Exit(1)


def _audit() -> None:
    report = known(ROOT / "requirements-dev.lock")  # it holds requirements.lock, too
    found = findings(report)
    for line in found:
        out.print(line, markup=False, highlight=False)
    asked = len(report.dependencies)
    zh = f"{asked} 个锁定的依赖包中的已知漏洞：{len(found)}"
    out.print(say(zh, f"known vulnerabilities of {asked} locked packages: {len(found)}"), highlight=False)
    if found:
        raise typer.Exit(1)
