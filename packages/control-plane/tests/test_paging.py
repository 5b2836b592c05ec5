"""A list is read whole, each entry once, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from langsmith_control_plane.errors import PagingError, UnexpectedAnswerError

if TYPE_CHECKING:
    from conftest import Wire

NewWire = Callable[..., "Wire"]
Paged = Callable[[list[dict[str, Any]]], Any]
NewAnswer = Callable[..., dict[str, Any]]


def _listeners(listener_answer: NewAnswer, count: int) -> list[dict[str, Any]]:
    return [listener_answer(id=f"id-{number}", compute_id=f"cluster-{number}") for number in range(count)]


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 2), (250, 3)])
def test_all_pages_are_read_whatever_their_number(
    wire: NewWire, paged: Paged, listener_answer: NewAnswer, count: int, requests: int
) -> None:
    net = wire(paged(_listeners(listener_answer, count)))
    found = net.client().list_listeners()
    assert [each.id for each in found] == [f"id-{number}" for number in range(count)], "none missing, in order"
    assert len(net.requests) == requests, "a full page is followed by one more request"


def test_offset_counts_what_was_received_not_what_the_server_says(wire: NewWire, listener_answer: NewAnswer) -> None:
    full = {"resources": _listeners(listener_answer, 100), "offset": 7}
    net = wire(httpx2.Response(200, json=full), httpx2.Response(200, json={"resources": [], "offset": 7}))
    net.client().list_listeners()
    assert net.requests[1].url.params["offset"] == "100", "the official CLI counts by itself, too"


def test_server_that_ignores_offset_is_found_out(wire: NewWire, listener_answer: NewAnswer) -> None:
    net = wire(httpx2.Response(200, json={"resources": _listeners(listener_answer, 100), "offset": 0}))
    with pytest.raises(PagingError, match="repeats its first 100 entries"):
        net.client().list_listeners()
    assert len(net.requests) == 2, "reading on would never end"


def test_entry_pushed_to_the_next_page_meanwhile_is_given_once(wire: NewWire, listener_answer: NewAnswer) -> None:
    first = _listeners(listener_answer, 100)
    second = [first[-1], listener_answer(id="id-100", compute_id="cluster-100")]
    net = wire(
        httpx2.Response(200, json={"resources": first, "offset": 100}),
        httpx2.Response(200, json={"resources": second, "offset": 102}),
    )
    assert len(net.client().list_listeners()) == 101, "a new entry at the front shifts all others"


@pytest.mark.parametrize("answer", [[], {"items": []}, {"resources": [{"name": "no id"}]}, {"resources": None}])
def test_what_is_no_list_is_an_error_not_an_empty_list(wire: NewWire, answer: object) -> None:
    with pytest.raises(UnexpectedAnswerError, match="list of resources"):
        wire(httpx2.Response(200, json=answer)).client().list_listeners()
