"""A secret must not be shown by any of the ways values get into logs and files."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable

import pytest

from langsmith_control_plane.models import SecretVariable
from langsmith_control_plane.secret import MASK, Secret, redact

VALUE = "lsv2_pt_canary_0123456789"


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{:>40}".format, lambda each: f"{each!r}", ascii])
def test_no_way_of_printing_shows_the_value(show: Callable[[object], str]) -> None:
    assert "canary" not in show(Secret(VALUE)), "a log line or an f-string would give the key away"


def test_a_dataclass_that_holds_a_secret_prints_without_it() -> None:
    variable = SecretVariable("OPENAI_API_KEY", Secret(VALUE))
    assert "canary" not in repr(variable), "models are printed by debuggers and test failures"
    assert dataclasses.asdict(variable)["value"] == Secret(VALUE), "copying must not turn it into a plain string"


def test_pickling_is_refused_so_that_no_state_file_holds_it() -> None:
    with pytest.raises(TypeError, match="cannot be pickled") as failure:
        pickle.dumps(Secret(VALUE))
    assert "canary" not in str(failure.value), "the refusal itself must not leak"


def test_value_survives_copying_unchanged_including_whitespace() -> None:
    pem = Secret("-----BEGIN-----\nabc\n")
    assert copy.deepcopy(pem).reveal() == "-----BEGIN-----\nabc\n", "a variable's value may end in a line break"
    assert Secret(pem).reveal() == pem.reveal(), "wrapping twice must not nest"


def test_equality_is_by_value_and_never_with_a_plain_string() -> None:
    assert Secret(VALUE) == Secret(VALUE), "two reads of the same key are the same key"
    assert Secret(VALUE) != VALUE, "comparing with text would invite revealing by accident"
    assert len({Secret(VALUE), Secret(VALUE)}) == 1, "equal values must hash alike"


def test_redaction_masks_the_longest_secret_first() -> None:
    text = redact("sent abcdef-ghijkl and abcdef", [Secret("abcdef"), Secret("abcdef-ghijkl")])
    assert text == f"sent {MASK} and {MASK}", "a secret that starts with another one would leave its tail"


def test_redaction_leaves_words_that_are_too_short_to_hide() -> None:
    assert redact("the answer", [Secret("the"), Secret("")]) == "the answer", "masking these would garble messages"
