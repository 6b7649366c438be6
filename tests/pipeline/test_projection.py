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


def test_no_statement_is_no_round() -> None:
    assert [] == list(in_rounds([]))
