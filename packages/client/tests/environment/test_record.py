"""The record tells what we deployed without keeping it, and survives whatever else is done to annotations."""

from __future__ import annotations

import json

import pytest

from langsmith_client.environment.record import (
    ANNOTATION,
    DeployedReferences,
    DeployedVariables,
    Record,
    read_record,
    with_record,
)


def test_a_record_comes_back_as_it_was_written_beside_other_annotations():
    record = Record(DeployedVariables.of({"A": "1"}), DeployedReferences({"B": "secret:key"}))
    resources = with_record({"cpu": 1.0, "annotations": {"team": "a"}}, record)
    assert read_record(resources) == record
    assert (resources["cpu"], resources["annotations"]["team"]) == (1.0, "a")


def test_it_recognises_the_value_and_no_other_and_holds_none():
    resources = with_record({}, Record(DeployedVariables.of({"TOKEN": "canary"})))
    known = read_record(resources).variables
    assert known is not None
    assert known.holds("TOKEN", "canary")
    assert not known.holds("TOKEN", "other")
    assert not known.holds("OTHER", "canary")
    assert "canary" not in json.dumps(resources)


def test_equal_values_look_different_under_two_names_and_in_two_records():
    first, second = (DeployedVariables.of({"A": "same", "B": "same"}) for _ in range(2))
    assert len({*first.hashes.values(), *second.hashes.values()}) == 4, "who reads annotations must learn nothing"


def test_a_record_that_says_the_same_already_is_not_salted_anew():
    record = Record(DeployedVariables.of({"A": "1"}), DeployedReferences({}))
    assert record.updated({"A": "1"}, ()) is record
    assert record.updated(None, None) is record
    assert record.updated({"A": "2"}, None).variables != record.variables
    assert not record.says({}, None)
    assert not record.says({"A": "1", "B": ""}, None)
    assert record.updated({"A": "2"}, None).references == record.references, "what was not deployed stays"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        '{"version": 2, "variables": {"A": "00"}, "salt": "00"}',
        '{"version": 1, "variables": {"A": "00"}}',
        '{"version": 1, "variables": {"A": "00"}, "salt": "no hex"}',
        '{"version": 1, "variables": 7, "salt": "00"}',
        '{"version": 1, "variables": {"A": "00"}, "salt": 7}',
    ],
)
def test_a_record_that_cannot_be_read_is_none_so_that_nothing_is_removed_on_its_word(text):
    assert read_record({"annotations": {ANNOTATION: text}}) == Record()


def test_a_hash_that_somebody_edited_is_no_value_of_ours():
    text = '{"version": 1, "salt": "00", "variables": {"A": 7, "B": "\u00e9"}}'
    known = read_record({"annotations": {ANNOTATION: text}}).variables
    assert known is not None
    assert not known.holds("A", "7")
    assert not known.holds("B", "\u00e9")


def test_resources_without_annotations_have_no_record_and_get_none_for_nothing():
    for resources in ({}, {"annotations": None}, {"annotations": {"team": "a"}}):
        assert read_record(resources) == Record()
        assert with_record(resources, Record()) == resources
