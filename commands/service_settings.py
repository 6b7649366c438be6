"""Asks for what the services are told by the environment before any server starts, so that a wrong value costs a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from local.language import say
from local.problem import Problem
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def check_settings() -> None:
    """Raises Problem where a service would not start with them; it names the variables, and no value."""
    try:
        Settings(kafka="not known yet")
    except ValidationError as error:
        wrong = say("；", "; ").join(map(_told, error.errors(include_input=False)))
        raise Problem(say(f"服务无法以此设置启动：{wrong}", f"the services cannot start with these settings: {wrong}")) from error


def _told(one: ErrorDetails) -> str:
    """Which variable, and what it must be."""
    name = f"SUISHI_{str(one['loc'][0]).upper()}"
    match one:
        case {"type": "literal_error", "ctx": {"expected": str(expected)}}:
            return say(f"{name} 应为 {expected.replace(' or ', ' 或 ')}", f"{name} must be {expected}")
        case {"type": "path_not_file"}:
            return say(f"{name} 所指的文件不存在", f"{name} names no file")
        case _:
            return f"{name}: {one['msg']}"
