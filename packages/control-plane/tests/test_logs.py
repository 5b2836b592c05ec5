"""Deploy logs, from the present endpoint or from the one that older servers have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx2
import pytest

from langsmith_control_plane.errors import NotFoundError
from langsmith_control_plane.logs import LogEntry, LogQuery

if TYPE_CHECKING:
    from conftest import Wire

NewWire = Callable[..., "Wire"]
LINE = {"id": "1", "timestamp": "2026-11-01T08:00:00Z", "level": "ERROR", "message": "no image"}
PAGE = {"logs": [LINE], "next_offset": "50"}


def _missing(detail: str) -> httpx2.Response:
    return httpx2.Response(404, json={"detail": detail})


def test_a_revisions_log_is_asked_for_by_type_order_level_and_offset(wire: NewWire) -> None:
    net = wire(httpx2.Response(200, json=PAGE))
    page = net.client().revision_logs("d", "r", LogQuery(20, newest_first=True, level="ERROR", offset="20"))
    assert net.sent() == [("GET", "/api-host/v2/deployments/d/revisions/r/logs")]
    assert dict(net.requests[0].url.params) == {
        "type": "deploy",
        "order": "desc",
        "limit": "20",
        "level": "ERROR",
        "offset": "20",
    }, "type is required, and the offset is the server's own word"
    assert (page.entries, page.next_offset) == ((LogEntry("2026-11-01T08:00:00Z", "ERROR", "no image"),), "50")


@pytest.mark.parametrize("answer", [_missing("Not Found"), httpx2.Response(405, json={"detail": "Method Not Allowed"})])
def test_a_server_without_the_present_endpoint_is_asked_at_the_older_one(
    wire: NewWire, answer: httpx2.Response
) -> None:
    net = wire(answer, httpx2.Response(200, json=PAGE))
    assert len(net.client().revision_logs("d", "r", LogQuery(20, newest_first=True)).entries) == 1
    assert net.sent()[1] == ("POST", "/api-host/v1/projects/d/revisions/r/deploy_logs")
    assert net.last_body() == {"limit": 20, "order": "desc"}


def test_a_revision_that_is_not_there_is_told_in_the_present_endpoints_words(wire: NewWire) -> None:
    net = wire(_missing("Revision ID r not found."), _missing("Not Found"))
    with pytest.raises(NotFoundError, match="Revision ID r not found"):
        net.client().revision_logs("d", "r", LogQuery())


def test_the_log_of_all_revisions_is_a_post_that_may_be_repeated(wire: NewWire) -> None:
    net = wire(httpx2.Response(502), httpx2.Response(200, json=PAGE))
    net.client().deployment_logs("d", LogQuery())
    assert net.sent() == [("POST", "/api-host/v1/projects/d/deploy_logs")] * 2, "it reads, whatever its method"


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ({**LINE, "timestamp": 1761984000123}, LogEntry("2025-11-01T08:00:00.123000Z", "ERROR", "no image")),
        ({"message": "hello"}, LogEntry("", "INFO", "hello")),
    ],
)
def test_times_in_milliseconds_and_missing_fields_are_understood(wire: NewWire, line: dict, entry: LogEntry) -> None:
    net = wire(httpx2.Response(200, json={"logs": [line], "next_offset": None}))
    page = net.client().deployment_logs("d", LogQuery())
    assert (page.entries, page.next_offset) == ((entry,), None)
