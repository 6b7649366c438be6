"""What a proof proves, found out from the file and public keys alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.merkle import verify_consistency, verify_inclusion
from audit.prove.document import Consistency, Document, Inclusion
from audit.seal.hashes import LEAF_HASHES
from audit.seal.leaf import told
from audit.seal.note import BadNote, Checkpoint, opened, origin
from local.language import say


class NotProved(Exception):  # noqa: N818 - it says what is so
    """The proof does not hold; the text says why, in the user's language."""


@dataclass(frozen=True)
class Proved:
    """What holds: the checkpoints it rests on, and the columns of the event, where it is about one."""

    service: str
    checkpoints: Sequence[Checkpoint]
    row: dict[str, str]


def check(document: Document, keys: Sequence[Ed25519PublicKey]) -> Proved:
    """Raises NotProved."""
    return _included(document, keys) if isinstance(document, Inclusion) else _consistent(document, keys)


def _included(proof: Inclusion, keys: Sequence[Ed25519PublicKey]) -> Proved:
    checkpoint = _signed(proof.service, proof.checkpoint, keys)
    try:
        row = told(proof.sealed)
    except ValueError as error:
        raise NotProved(say("封存的字节不是日志中的一行。", "the sealed bytes are not those of a row of a log.")) from error
    if (row, row["event_id"], row["notification_id"]) != (proof.row, str(proof.event_id), str(proof.position)):
        raise NotProved(say("文件所述的事件不是封存的事件。", "the event that the file tells is not the one that was sealed."))
    if checkpoint.leaves not in LEAF_HASHES:
        zh = f"检查点所用的散列算法 {checkpoint.leaves} 不为本版本所知。"
        raise NotProved(say(zh, f"the leaves are hashed by {checkpoint.leaves}, which this release does not know."))
    leaf = LEAF_HASHES[checkpoint.leaves](proof.sealed)
    if not verify_inclusion(proof.position - 1, leaf, proof.path, checkpoint.size, checkpoint.root):
        zh = f"该事件不在大小为 {checkpoint.size} 的检查点之下。"
        raise NotProved(say(zh, f"the event is not under the checkpoint of size {checkpoint.size}."))
    return Proved(proof.service, [checkpoint], row)


def _consistent(proof: Consistency, keys: Sequence[Ed25519PublicKey]) -> Proved:
    first, second = _signed(proof.service, proof.first, keys), _signed(proof.service, proof.second, keys)
    if not verify_consistency((first.size, first.root), (second.size, second.root), proof.path):
        zh = f"大小为 {second.size} 的检查点并非由大小为 {first.size} 的检查点延续而来。"
        raise NotProved(say(zh, f"the checkpoint of size {second.size} does not go on from the one of size {first.size}."))
    return Proved(proof.service, [first, second], {})


def _signed(service: str, note: str, keys: Sequence[Ed25519PublicKey]) -> Checkpoint:
    try:
        checkpoint = opened(note, keys)
    except BadNote as bad:
        raise NotProved(say("检查点的签名无效，或不是由所给公钥签署。", f"{bad}.")) from bad
    if checkpoint.origin != origin(service):
        zh = f"检查点属于 {checkpoint.origin}，而非 {origin(service)}。"
        raise NotProved(say(zh, f"the checkpoint is one of {checkpoint.origin}, not of {origin(service)}."))
    return checkpoint
