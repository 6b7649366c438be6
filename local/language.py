"""Which of our two languages the user reads: `--lang`, else `SUISHI_LANG`, else the locale."""

import os


class _Choice:
    chinese = (os.environ.get("SUISHI_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "").startswith("zh")


def speak(language: str) -> None:
    """Choose `zh` or `en` for everything said from now on."""
    _Choice.chinese = language == "zh"


def language() -> str:
    """`zh` or `en`."""
    return "zh" if _Choice.chinese else "en"


def say(zh: str, en: str) -> str:
    """The sentence in the user's language."""
    return zh if _Choice.chinese else en
