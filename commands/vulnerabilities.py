"""What PyPI knows against the locked packages, asked by pip-audit."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, Field, ValidationError

from local.language import say
from local.problem import Problem

PIP_AUDIT: Final = [sys.executable, "-P", "-m", "pip_audit", "--disable-pip", "--progress-spinner=off", "--format=json", "--desc=off"]


class Vulnerability(BaseModel):
    """`fix_versions` are the releases in which it is mended, none where there is no such release yet."""

    id: str
    fix_versions: list[str]


class Package(BaseModel):
    """One package of the lock; `vulns` is None where nothing was learned about it."""

    name: str
    version: str = ""
    vulns: list[Vulnerability] | None = None


class Report(BaseModel):
    """What pip-audit prints as JSON."""

    dependencies: Annotated[list[Package], Field(min_length=1)]


def known(lock: Path) -> Report:
    """Raises Problem unless PyPI answered for every package of the lock."""
    done = subprocess.run([*PIP_AUDIT, f"--requirement={lock}"], capture_output=True, text=True, check=False)  # noqa: S603
    return complete(done.stdout)


def complete(report: str) -> Report:
    """pip-audit calls it a success when it learned nothing about any package; raises Problem then."""
    try:
        read = Report.model_validate_json(report)
    except ValidationError:
        zh = "无法从 PyPI 查询已知漏洞，因此没有结论；请检查网络后重试。"
        raise Problem(say(zh, "PyPI could not be asked for known vulnerabilities, so there is no verdict; try again online.")) from None
    asked, silent = len(read.dependencies), sum(package.vulns is None for package in read.dependencies)
    if silent:
        zh = f"{asked} 个依赖包中有 {silent} 个未得到 PyPI 的答复，因此没有结论；请在能访问 PyPI 的网络中重试。"
        raise Problem(say(zh, f"PyPI told nothing of {silent} of {asked} packages, so there is no verdict; try where it is reached."))
    return read


def findings(report: Report) -> list[str]:
    """One line for each vulnerability, with the releases that mend it."""
    return [
        f"{package.name} {package.version}: {found.id}, {_remedy(found)}"
        for package in report.dependencies
        for found in package.vulns or ()
    ]


def _remedy(found: Vulnerability) -> str:
    if found.fix_versions:
        return say("已修复于 ", "mended in ") + ", ".join(found.fix_versions)
    return say("尚无修复版本", "not mended yet")
