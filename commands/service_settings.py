"""Asks for what the services are told by the environment before any server starts, so that a wrong value costs a moment."""

from pydantic import ValidationError

from local.language import say
from local.problem import Problem
from pipeline.settings import Settings, wrong_ones


def check_settings() -> None:
    """Raises Problem where a service would not start with them; it names the variables, and no value."""
    try:
        Settings(kafka="not known yet")
    except ValidationError as error:
        wrong = "; ".join(wrong_ones(error))
        raise Problem(say(f"服务无法以此设置启动：{wrong}", f"the services cannot start with these settings: {wrong}")) from error
