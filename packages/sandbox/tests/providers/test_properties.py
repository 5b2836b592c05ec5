"""Property values over the wire: nothing is lost, and nothing secret comes out in plain."""

from __future__ import annotations

import pytest
from google.protobuf import struct_pb2

from langsmith_sandbox.providers.properties import (
    UNKNOWN,
    Secret,
    UnsupportedValueError,
    conceal,
    decode,
    encode,
    has_unknown,
    reveal,
)

ASSET = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "x"}


@pytest.mark.parametrize(
    "value",
    [True, 7, 0.5, "text", ["a", 1, None], {"a": {"b": []}}, Secret({"a": [1]}), {"deep": [Secret("s")]}, UNKNOWN],
)
def test_a_value_survives_the_way_to_the_engine_and_back(value: object) -> None:
    assert decode(encode({"property": value})) == {"property": value}


def test_a_property_without_a_value_is_left_out() -> None:
    assert decode(encode({"given": 1, "absent": None})) == {"given": 1}


@pytest.mark.parametrize(
    "marker",
    [
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ],
)
def test_unknowns_of_every_type_are_recognised(marker: str) -> None:
    struct = struct_pb2.Struct()
    struct.update({"ids": [marker]})
    assert has_unknown(decode(struct)), "an unknown taken for text would be sent to AWS as such"


def test_assets_are_refused_instead_of_being_sent_as_objects() -> None:
    struct = struct_pb2.Struct()
    struct.update({"userData": ASSET})
    with pytest.raises(UnsupportedValueError, match="asset"):
        decode(struct)


def test_a_secret_shows_nothing_in_its_representation() -> None:
    assert "hunter2" not in repr(Secret("hunter2")) + repr({"nested": [Secret({"a": "hunter2"})]})


def test_revealing_removes_every_wrapper_however_deep() -> None:
    assert reveal({"a": [Secret({"b": Secret(1)})]}) == {"a": [{"b": 1}]}


def test_concealing_marks_the_same_places_as_the_model() -> None:
    like = {"tags": {"owner": Secret("x")}, "password": Secret("p"), "list": ["a", Secret("b")]}
    plain = {"tags": {"owner": "x", "team": "t"}, "password": "p", "list": ["a", "b"], "arn": "arn:1"}
    assert conceal(plain, like) == {
        "tags": {"owner": Secret("x"), "team": "t"},
        "password": Secret("p"),
        "list": ["a", Secret("b")],
        "arn": "arn:1",
    }


def test_a_list_that_changed_length_is_secret_as_a_whole() -> None:
    concealed = conceal({"list": ["b", "new", "c"]}, {"list": [Secret("a"), "c"]})
    assert concealed == {"list": Secret(["b", "new", "c"])}, "items cannot be matched, so none may leak"
