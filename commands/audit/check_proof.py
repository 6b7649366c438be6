"""`./suishi audit check-proof`: whether a proof holds, found out without a database or a network."""

from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from audit.prove.checking import NotProved, Proved, check
from audit.prove.document import NoProof, read
from commands.app import fail
from commands.audit.group import audit
from commands.audit.witness import PublicKeys, from_keys, public_of
from commands.options import Json
from commands.showing import show, show_json
from local.language import say
from local.problem import Problem
from schemas.problems import WHOLE, Lang, problems


@audit.command(
    "check-proof",
    help=say("只用文件与公钥核对一份证明，无需数据库。", "Check a proof with nothing but the file and the public key."),
)
def check_proof(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("prove 写出的文件", "a file that prove wrote"))],
    *,
    key: PublicKeys = None,
    as_json: Json = False,
) -> None:
    with from_keys():
        keys = public_of(key or [])
    try:
        document = read(file.read_bytes())
    except OSError as error:
        raise Problem(say(f"无法读取 {file}：{error.strerror}", f"cannot read {file}: {error.strerror}.")) from error
    except NoProof as found:
        zh, en = (_why(found, lang) for lang in get_args(Lang))
        sentence = say(f"{file} 不是 audit prove 写出的证明（{zh}）。", f"{file} is no proof that audit prove wrote ({en}).")
        raise Problem(sentence) from found
    try:
        proved = check(document, keys)
    except NotProved as reason:
        if as_json:
            show_json({"ok": False, "problem": str(reason)})
            raise typer.Exit(1) from reason
        fail(str(reason), 1)
    if as_json:
        show_json(_told(proved))
    else:
        _show(proved)


def _why(found: NoProof, lang: Lang) -> str:
    first = problems(found.wrong, lang)[0]
    return first.problem if first.field == WHOLE else f"{first.field} {first.problem}"


def _told(proved: Proved) -> dict[str, Any]:
    checkpoints = [{"origin": one.origin, "size": one.size, "root": one.root.hex()} for one in proved.checkpoints]
    return {"ok": True, "service": proved.service, "checkpoints": checkpoints, "row": proved.row}


def _show(proved: Proved) -> None:
    sizes = [one.size for one in proved.checkpoints]
    if proved.row:
        position = proved.row["notification_id"]
        zh = f"✓ {proved.service} 的第 {position} 条事件在大小为 {sizes[0]} 的已签名检查点之下："
        lines = [say(zh, f"✓ position {position} of {proved.service} is under the signed checkpoint of size {sizes[0]}:")]
        lines += [f"  {name:<18}  {text}" for name, text in proved.row.items()]
    else:
        zh = f"✓ {proved.service}：大小为 {sizes[1]} 的检查点由大小为 {sizes[0]} 的延续而来，此前没有任何改动。"
        en = f"✓ {proved.service}: the checkpoint of size {sizes[1]} goes on from the one of size {sizes[0]}; nothing before was changed."
        lines = [say(zh, en)]
    show(lines)
