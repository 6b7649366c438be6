"""The hash tree of RFC 6962 and RFC 9162 over leaves in order: roots, and proofs that a stranger can check without the leaves.

A leaf's data enters as `leaf_hash`; all that follows handles hashes of 32 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

LENGTH: Final = 32
EMPTY: Final = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Told apart from the hash of two children by its first byte."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """All that must be kept to go on: the roots of the perfect subtrees, largest and leftmost first, at most one for each bit of `size`."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether there are as many peaks as a tree of this size has: a single one may have the same root, and nothing grows on it."""
        return len(self.peaks) == self.size.bit_count() and all(len(peak) == LENGTH for peak in self.peaks)

    @property
    def root(self) -> bytes:
        """MTH of RFC 6962, 2.1."""
        if not self.peaks:
            return EMPTY
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = node_hash(peak, root)
        return root

    def grown(self, leaves: Iterable[bytes]) -> Tree:
        """The tree with these leaf hashes behind its own."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            size, node = size + 1, leaf
            for _ in range(_trailing_zeros(size)):
                node = node_hash(peaks.pop(), node)
            peaks.append(node)
        return Tree(size, tuple(peaks))

    def inclusion(self, index: int, leaves: Sequence[bytes]) -> list[bytes]:
        """PATH of RFC 6962, 2.1.1, for a leaf (counted from 0) among the `leaves` that follow; raises ValueError for another one.

        The leaves of the tree itself are not needed: what lies left of `index` enters as a peak.
        """
        if not self.size <= index < self.size + len(leaves):
            message = f"leaf {index} is not among {self.size} to {self.size + len(leaves) - 1}"
            raise ValueError(message)
        return _Span(self, leaves).path(index, 0, self.size + len(leaves))

    def consistency(self, leaves: Sequence[bytes]) -> list[bytes]:
        """PROOF of RFC 6962, 2.1.2, that the tree is the beginning of the one with these leaves behind it; raises ValueError for none."""
        if self.size == 0:
            message = "an empty tree is the beginning of every tree, without a proof"
            raise ValueError(message)
        return _Span(self, leaves).subproof(0, self.size + len(leaves), whole=True) if leaves else []


def verify_inclusion(index: int, leaf: bytes, path: Sequence[bytes], size: int, root: bytes) -> bool:
    """Is the leaf hash the one at `index` of the tree with this size and root, as RFC 9162, 2.1.3.2, finds out."""
    if not 0 <= index < size:
        return False
    here, last, node = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = node_hash(step, node)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node = node_hash(node, step)
        here, last = here >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(first: tuple[int, bytes], second: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Is the tree of the first size and root the beginning of the second's, as RFC 9162, 2.1.4.2, finds out."""
    (size, root), (grown, grown_root) = first, second
    if not 0 < size < grown:
        return size == grown and root == grown_root and not path
    steps = [root, *path] if size & (size - 1) == 0 else list(path)
    if not steps:
        return False
    zeros = _trailing_zeros(size)
    here, last, old, new = (size - 1) >> zeros, (grown - 1) >> zeros, steps[0], steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, step)
        here, last = here >> 1, last >> 1
    return last == 0 and old == root and new == grown_root


class _Span:
    """The leaves from 0 on: those of a tree as its peaks, those behind it one by one."""

    def __init__(self, before: Tree, leaves: Sequence[bytes]) -> None:
        self._leaves, self._size = leaves, before.size
        self._peaks: dict[int, bytes] = {}
        start, left = 0, before.size
        for peak in before.peaks:
            self._peaks[start] = peak
            width = 1 << (left.bit_length() - 1)
            start, left = start + width, left - width

    def root(self, low: int, high: int) -> bytes:
        """Of the leaves from `low` up to `high`."""
        if low >= self._size:
            return Tree().grown(self._leaves[low - self._size : high - self._size]).root
        if high <= self._size:
            return self._peaks[low]
        middle = low + _left(high - low)
        return node_hash(self.root(low, middle), self.root(middle, high))

    def path(self, index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + _left(high - low)
        if index < middle:
            return [*self.path(index, low, middle), self.root(middle, high)]
        return [*self.path(index, middle, high), self.root(low, middle)]

    def subproof(self, low: int, high: int, *, whole: bool) -> list[bytes]:
        """SUBPROOF of RFC 6962; `whole`: the older tree's own root is what is left, and the verifier has it."""
        if high == self._size:
            return [] if whole else [self.root(low, high)]
        middle = low + _left(high - low)
        if self._size <= middle:
            return [*self.subproof(low, middle, whole=whole), self.root(middle, high)]
        return [*self.subproof(middle, high, whole=False), self.root(low, middle)]


def _left(size: int) -> int:
    """The largest power of two below `size`: how many leaves the left child has."""
    return 1 << ((size - 1).bit_length() - 1)


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1
