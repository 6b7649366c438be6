"""Wrong use is answered in the user's language, with exit code 2."""

import pytest

from tests.commands.conftest import Suishi

WRONG = {
    "dmeo": ("没有命令“dmeo”；./suishi --help 列出全部命令。", "No such command 'dmeo'. Did you mean 'demo'?"),
    "status --foo": ("没有选项“--foo”；加 --help 可列出全部选项。", "No such option: --foo"),
    "validate": ("缺少 'file'；加 --help 可查看用法。", "Missing argument 'file'."),
    "demo --days 0": (
        "'--days' 的值无效：0 is not in the range 1<=x<=90.",
        "Invalid value for '--days': 0 is not in the range 1<=x<=90.",
    ),
}


@pytest.mark.parametrize("words", WRONG)
def test_wrong_use_is_told_in_either_language(words: str, suishi: Suishi) -> None:
    answers = [suishi(*words.split(), "--lang", language) for language in ("zh", "en")]
    assert [(2, f"suishi: {sentence}\n") for sentence in WRONG[words]] == [(one.returncode, one.stderr) for one in answers]
