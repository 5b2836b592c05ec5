from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from langsmith_sandbox.cluster.api import KubernetesApi
from langsmith_sandbox.cluster.errors import KubernetesApiError
from langsmith_sandbox.cluster.informer import Informer

if TYPE_CHECKING:
    from collections.abc import Iterator

PODS = "/api/v1/pods"


def _item(name: str, version: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": f"uid-{name}", "resourceVersion": version}}


class FakeServer:
    """Answers lists and watches from a script; an exhausted script ends the connection."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.watches: list[list[tuple[str, dict[str, Any]]]] = []
        self.asked: list[str] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if "watch" not in request.url.params:
            return httpx2.Response(200, json={"metadata": {"resourceVersion": "10"}, "items": self.items})
        self.asked.append(request.url.params["resourceVersion"])
        if not self.watches:
            raise httpx2.ConnectError("gone")
        lines = [json.dumps({"type": kind, "object": item}) + "\n" for kind, item in self.watches.pop(0)]
        return httpx2.Response(200, text="".join(lines))


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def api(server: FakeServer) -> Iterator[KubernetesApi]:
    with httpx2.Client(transport=httpx2.MockTransport(server.answer), base_url="http://api") as http:
        yield KubernetesApi(http)


def _follow(informer: Informer) -> KubernetesApiError:
    with pytest.raises(KubernetesApiError) as caught:
        informer.follow_once()
    return caught.value


def test_what_is_there_and_what_changes_is_reported_once_each(server: FakeServer, api: KubernetesApi):
    server.items = [_item("a", "1")]
    server.watches = [[("ADDED", _item("b", "11")), ("MODIFIED", _item("a", "12")), ("DELETED", _item("b", "13"))]]
    seen: list[tuple[str, str]] = []
    informer = Informer(api, PODS, lambda kind, item: seen.append((kind, item["metadata"]["name"])))
    _follow(informer)
    assert seen == [("ADDED", "a"), ("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "b")]
    assert [item["metadata"]["name"] for item in informer.objects()] == ["a"]
    assert informer.synced.is_set()


def test_a_watch_goes_on_where_the_last_one_ended_bookmarks_included(server: FakeServer, api: KubernetesApi):
    bookmark = {"metadata": {"resourceVersion": "42"}}
    server.watches = [[("BOOKMARK", bookmark)], []]
    seen: list[str] = []
    _follow(Informer(api, PODS, lambda kind, _: seen.append(kind)))
    assert server.asked == ["10", "42", "42"]
    assert seen == []


def test_what_happened_while_the_connection_was_down_is_reported_after_the_next_list(
    server: FakeServer, api: KubernetesApi
):
    server.items = [_item("kept", "1"), _item("changed", "1"), _item("gone", "1")]
    seen: list[tuple[str, str]] = []
    informer = Informer(api, PODS, lambda kind, item: seen.append((kind, item["metadata"]["name"])))
    _follow(informer)
    seen.clear()
    server.items = [_item("kept", "1"), _item("changed", "2"), _item("new", "2")]
    _follow(informer)
    assert sorted(seen) == [("ADDED", "new"), ("DELETED", "gone"), ("MODIFIED", "changed")]


def test_an_expired_version_is_an_error_that_asks_for_a_new_list(server: FakeServer, api: KubernetesApi):
    server.watches = [[("ERROR", {"code": 410, "reason": "Expired", "message": "too old resource version"})]]
    assert _follow(Informer(api, PODS, lambda *_: None)).status == 410


def test_one_object_that_cannot_be_handled_does_not_hide_the_others(
    server: FakeServer, api: KubernetesApi, caplog: pytest.LogCaptureFixture
):
    server.items = [_item("bad", "1"), _item("good", "1")]
    seen: list[str] = []

    def handle(_: str, item: dict[str, Any]) -> None:
        if item["metadata"]["name"] == "bad":
            raise KeyError("spec")
        seen.append(item["metadata"]["name"])

    _follow(Informer(api, PODS, handle))
    assert seen == ["good"]
    assert "handling ADDED of bad failed" in caplog.text


def test_refusals_carry_the_apis_own_status_reason_and_message(api: KubernetesApi):
    status = {"reason": "Forbidden", "message": "pods is forbidden", "code": 403}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(403, json=status))
    forbidden = KubernetesApi(httpx2.Client(transport=transport, base_url="http://api"))
    with pytest.raises(KubernetesApiError) as caught:
        forbidden.get(PODS)
    assert (caught.value.status, caught.value.reason, caught.value.message) == (403, "Forbidden", "pods is forbidden")


@pytest.mark.parametrize(("status", "fails"), [(404, False), (409, False), (403, True)])
def test_deleting_what_is_gone_or_another_one_by_now_is_done(status: int, fails: bool):
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, json={"message": "no"}))
    api = KubernetesApi(httpx2.Client(transport=transport, base_url="http://api"))
    if fails:
        with pytest.raises(KubernetesApiError):
            api.delete(f"{PODS}/x", uid="1")
    else:
        api.delete(f"{PODS}/x", uid="1")
