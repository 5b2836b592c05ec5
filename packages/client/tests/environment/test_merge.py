"""Three sides, one name at a time: every row of the table, and nothing lost between them."""

from __future__ import annotations

import pytest

from langsmith_client.environment.merge import Side, Verdict, merge
from langsmith_client.environment.record import DeployedReferences


def verdict(local, remote, last, **options):
    """The verdict on the name N; None is absent."""
    merged = merge(
        {} if local is None else {"N": local},
        {} if remote is None else {"N": remote},
        None if last is None else DeployedReferences({} if last == "-" else {"N": last}),
        **options,
    )
    return merged.verdicts.get("N"), merged.values.get("N")


@pytest.mark.parametrize(
    ("local", "remote", "last", "expected"),
    [
        (None, "x", None, (Verdict.KEPT, "x")),
        (None, "x", "-", (Verdict.KEPT, "x")),
        (None, "x", "x", (Verdict.REMOVED, None)),
        (None, "x", "b", (Verdict.CONFLICT, "x")),
        (None, None, "b", (None, None)),
        ("a", None, None, (Verdict.ADDED, "a")),
        ("a", None, "a", (Verdict.ADDED, "a")),
        ("a", None, "b", (Verdict.ADDED, "a")),
        ("a", "a", None, (Verdict.SAME, "a")),
        ("a", "a", "b", (Verdict.SAME, "a")),
        ("a", "x", None, (Verdict.CHANGED, "a")),
        ("a", "x", "-", (Verdict.CONFLICT, "x")),
        ("a", "x", "x", (Verdict.CHANGED, "a")),
        ("a", "x", "a", (Verdict.THEIRS, "x")),
        ("a", "x", "b", (Verdict.CONFLICT, "x")),
        ("", "x", "x", (Verdict.KEPT, "x")),
        ("", None, "x", (None, None)),
    ],
)
def test_each_row_of_the_table(local, remote, last, expected):
    assert verdict(local, remote, last) == expected


@pytest.mark.parametrize(
    ("local", "last", "expected"),
    [
        (None, None, Verdict.KEPT),
        (None, "b", Verdict.REMOVED),
        ("a", None, Verdict.CHANGED),
        ("a", "-", Verdict.CHANGED),
        ("a", "a", Verdict.SAME),
        ("a", "b", Verdict.CHANGED),
    ],
)
def test_a_value_the_target_keeps_to_itself_counts_as_the_one_we_deployed(local, last, expected):
    deployed = None if last is None else DeployedReferences({} if last == "-" else {"N": last})
    merged = merge({} if local is None else {"N": local}, {"N": None}, deployed)
    assert merged.verdicts == {"N": expected}


@pytest.mark.parametrize(
    ("local", "side", "expected"),
    [
        ("a", Side.LOCAL, (Verdict.CHANGED, "a")),
        ("a", Side.REMOTE, (Verdict.THEIRS, "x")),
        (None, Side.LOCAL, (Verdict.REMOVED, None)),
        (None, Side.REMOTE, (Verdict.THEIRS, "x")),
    ],
)
def test_a_conflict_goes_to_the_side_that_is_said_to_be_right(local, side, expected):
    assert verdict(local, "x", "b", settle=side) == expected


def test_saying_who_is_right_decides_nothing_where_both_agree():
    assert verdict("a", "x", "a", settle=Side.LOCAL) == (Verdict.THEIRS, "x")


def test_a_name_that_becomes_something_else_goes_whoever_set_it():
    assert verdict(None, "x", "-", replaced={"N"}) == (Verdict.REMOVED, None)
    assert verdict(None, "x", "b", replaced={"N"}) == (Verdict.REMOVED, None)


def test_values_are_kept_out_of_the_repr():
    assert "canary" not in repr(merge({"A": "canary"}, {"B": "canary"}, None))
