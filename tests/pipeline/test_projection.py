"""Statements about one row keep the order of the log; all others go to the database together."""

from __future__ import annotations

from pipeline.projection import in_rounds


def test_the_statements_of_one_key_keep_their_order_and_others_go_together() -> None:
    told = [("insert", (1,)), ("update", (1, "a")), ("insert", (2,)), ("update", (2, "b")), ("insert", (1,))]
    assert [
        ("insert", [(1,), (2,)]),
        ("update", [(1, "a"), (2, "b")]),
        ("insert", [(1,)]),
    ] == list(in_rounds(told))


def test_what_only_adds_goes_together_for_one_key_as_well_until_something_else_happens_to_it() -> None:
    add = "INSERT ... ON CONFLICT DO NOTHING"
    told = [(add, (1, "a")), (add, (1, "b")), (add, (2, "c")), ("update", (1,)), (add, (1, "d")), (add, (1, "e"))]
    assert [(add, [(1, "a"), (1, "b"), (2, "c")]), ("update", [(1,)]), (add, [(1, "d"), (1, "e")])] == list(in_rounds(told))


def test_no_statement_is_no_round() -> None:
    assert [] == list(in_rounds([]))
