"""The tree against RFC 6962's own test data, against Go's transparency log, and against the RFC's definitions written down plainly."""

import json
from base64 import b64decode
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion

# The test data of RFC 6962's reference implementation: eight leaves, and the root of the first 0, 1, ... 8 of them.
DATA = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
GO = json.loads((Path(__file__).parent / "vectors/vectors.json").read_text(encoding="utf-8"))
SIZES = range(1, len(GO["roots"]) + 1)
RECORDS = [leaf_hash(f"record {number}".encode()) for number in range(len(SIZES))]
leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def hashes(texts: list[str]) -> list[bytes]:
    return [b64decode(text) for text in texts]


def defined(nodes: list[bytes]) -> bytes:
    """MTH exactly as RFC 6962 defines it."""
    if not nodes:
        return sha256(b"").digest()
    if len(nodes) == 1:
        return nodes[0]
    half = max(1 << power for power in range(8) if 1 << power < len(nodes))
    return sha256(b"\x01" + defined(nodes[:half]) + defined(nodes[half:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_one_of_the_rfcs_test_data(size: int) -> None:
    assert ROOTS[size] == Tree().grown(leaf_hash(bytes.fromhex(data)) for data in DATA[:size]).root.hex()


def test_roots_are_those_of_gos_transparency_log() -> None:
    assert hashes(GO["roots"]) == [Tree().grown(RECORDS[:size]).root for size in SIZES]


def test_inclusion_proofs_are_those_of_gos_transparency_log() -> None:
    made = {f"{index}/{size}": Tree().inclusion(index, RECORDS[:size]) for size in SIZES for index in range(size)}
    assert {place: hashes(path) for place, path in GO["inclusion"].items()} == made


def test_consistency_proofs_are_those_of_gos_transparency_log() -> None:
    made = {f"{old}/{new}": Tree().grown(RECORDS[:old]).consistency(RECORDS[old:new]) for new in SIZES for old in range(1, new + 1)}
    assert {place: hashes(path) for place, path in GO["consistency"].items()} == made


@given(leaves, st.data())
def test_a_tree_that_grows_in_pieces_has_the_root_that_the_rfc_defines(nodes: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(nodes)))
    assert defined(nodes) == Tree().grown(nodes[:cut]).grown(nodes[cut:]).root


@given(leaves, st.data())
def test_a_proof_of_inclusion_needs_no_more_of_what_came_before_than_its_peaks(nodes: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(nodes) - 1))
    known = data.draw(st.integers(0, index))
    path = Tree().grown(nodes[:known]).inclusion(index, nodes[known:])
    assert Tree().inclusion(index, nodes) == path
    assert verify_inclusion(index, nodes[index], path, len(nodes), defined(nodes))


@given(leaves, st.data())
def test_every_beginning_is_proved_to_be_one(nodes: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(nodes)))
    path = Tree().grown(nodes[:size]).consistency(nodes[size:])
    assert verify_consistency((size, defined(nodes[:size])), (len(nodes), defined(nodes)), path)


@given(leaves, st.data())
def test_nothing_else_is_proved_to_be_included(nodes: list[bytes], data: st.DataObject) -> None:
    """Another leaf, another place, another size of the same path length, a step less, a step more or another step."""
    index, size, root = data.draw(st.integers(0, len(nodes) - 1)), len(nodes), defined(nodes)
    path, leaf = Tree().inclusion(index, nodes), nodes[index]
    other = bytes([leaf[0] ^ 1, *leaf[1:]])
    bent = [[*path[:at], other, *path[at + 1 :]] for at in range(len(path)) if path[at] != other]
    wrong = [(leaf, [*path, other]), (leaf, path[:-1]) if path else (other, path), (other, path), *((leaf, steps) for steps in bent)]
    assert [] == [tried for tried in wrong if verify_inclusion(index, *tried, size, root)]
    elsewhere = [place for place in (-1, size, index + size) if verify_inclusion(place, leaf, path, size, root)]
    assert [] == elsewhere


@given(leaves, st.data())
def test_another_beginning_is_not_proved(nodes: list[bytes], data: st.DataObject) -> None:
    size, root = data.draw(st.integers(1, len(nodes))), defined(nodes)
    old, path = defined(nodes[:size]), Tree().grown(nodes[:size]).consistency(nodes[size:])
    other = bytes([old[0] ^ 1, *old[1:]])
    assert not verify_consistency((size, other), (len(nodes), root), path)
    assert not verify_consistency((size, old), (len(nodes), other), path)
    assert not verify_consistency((size, old), (len(nodes), root), [*path, other])
    assert not path or not verify_consistency((size, old), (len(nodes), root), path[:-1])


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, new in product(range(-1, 4), range(-1, 3)) if old <= 0 or old > new])
def test_no_tree_shrinks_and_an_empty_one_proves_nothing(old: int, new: int) -> None:
    root = bytes(32)
    assert not verify_consistency((old, root), (new, bytes(31) + b"\x01"), [root])


@pytest.mark.parametrize("index", [3, 8, -1])
def test_a_leaf_that_is_not_behind_the_peaks_has_no_proof(index: int) -> None:
    with pytest.raises(ValueError, match="is not among 4 to 7"):
        Tree().grown(RECORDS[:4]).inclusion(index, RECORDS[4:8])


def test_a_proof_that_begins_with_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="an empty tree is the beginning of every tree"):
        Tree().consistency(RECORDS)


def test_a_tree_that_did_not_grow_is_consistent_with_itself() -> None:
    tree = Tree().grown(RECORDS[:6])
    assert [] == tree.consistency([])
    assert verify_consistency((6, tree.root), (6, tree.root), [])


def test_the_root_alone_is_no_tree_to_go_on_from() -> None:
    """It has the same root, and nothing can be put behind it."""
    grown = Tree().grown(RECORDS[:3])
    assert (True, False) == (grown.sound, Tree(3, (grown.root,)).sound)
    assert [False, False] == [Tree(3, peaks).sound for peaks in ((), (grown.peaks[0], b"short"))]
