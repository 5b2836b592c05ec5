"""What the registry lets through and what it refuses, with the storage and the emulator in memory."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from langsmith_sandbox.registry.gate import Gate, main, make_app
from langsmith_sandbox.registry.login import LIFE_SECONDS, password

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SECRET = "the operator's"
NOW = 1_800_000_000.0
OLD, NEW = b'{"old": 1}', b'{"new": 1}'
REPOSITORIES = {
    "agents/hello": {"imageTagMutability": "IMMUTABLE", "exclusions": []},
    "agents/loose": {"imageTagMutability": "MUTABLE", "exclusions": []},
    "agents/mixed": {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION", "exclusions": ["latest*"]},
}


class World:
    """Distribution's registry with one tag in every repository, and the emulator beside it.

    Attributes:
        forwarded: Requests that reached the storage, other than its own questions.
    """

    def __init__(self) -> None:
        self.tags: dict[str, bytes] = {}
        self.forwarded: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "aws":
            name = request.url.path.removeprefix("/_sandbox/ecr/")
            return httpx2.Response(200, json={"registryId": "123456789012", "repository": REPOSITORIES.get(name)})
        if request.method == "HEAD" and "/manifests/" in request.url.path:
            body = self.tags.get(request.url.path, OLD if request.url.path.endswith("/1.0") else b"")
            digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
            return httpx2.Response(200 if body else 404, headers={"Docker-Content-Digest": digest})
        self.forwarded.append(request)
        if request.url.path.endswith("/tags/list"):
            return httpx2.Response(404, stream=httpx2.ByteStream(b"{}"))
        if request.method == "PUT" and "/manifests/" in request.url.path:
            self.tags[request.url.path] = request.content
        return httpx2.Response(201, headers={"Location": "/next"}, stream=httpx2.ByteStream(b"stored"))


@pytest.fixture
def world() -> World:
    return World()


def login(age: float = 0.0) -> dict[str, str]:
    given = base64.b64encode(f"AWS:{password(SECRET, NOW - age)}".encode()).decode()
    return {"Authorization": f"Basic {given}"}


def talk(world: World, conversation: Callable[[httpx2.AsyncClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(world))
        app = make_app(Gate(http, "storage:1", "http://aws", SECRET, clock=lambda: NOW))
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1:5") as client:
            return await conversation(client)

    return asyncio.run(run())


def ask(world: World, method: str, path: str, **request: Any) -> httpx2.Response:
    return talk(world, lambda client: client.request(method, path, **request))


def error(answer: httpx2.Response) -> tuple[int, str, str]:
    first = answer.json()["errors"][0]
    return answer.status_code, first["code"], first["message"]


def test_nobody_gets_in_without_a_login_and_the_challenge_is_ecrs_own(world: World):
    answer = ask(world, "HEAD", "/v2/agents/hello/manifests/1.0")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="http://127.0.0.1:5/",service="ecr.amazonaws.com"'
    assert ask(world, "GET", "/v2/").status_code == 401
    assert world.forwarded == []


def test_a_login_that_ran_out_is_refused_with_the_words_of_ecr(world: World):
    answer = ask(world, "GET", "/v2/", headers=login(age=LIFE_SECONDS))
    assert error(answer) == (403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.")


def test_what_stands_for_a_public_registry_may_be_read_by_anybody_and_changed_by_nobody(world: World):
    assert ask(world, "GET", "/v2/langchain/langgraph-api/manifests/3.11").status_code == 201
    assert ask(world, "POST", "/v2/langchain/langgraph-api/blobs/uploads/").status_code == 401
    missing = ask(world, "POST", "/v2/nope/blobs/uploads/", headers=login())
    message = "The repository with name 'nope' does not exist in the registry with id '123456789012'"
    assert error(missing) == (404, "NAME_UNKNOWN", message)
    assert len(world.forwarded) == 1


def test_a_repository_without_images_has_no_tags_and_one_that_is_not_there_is_unknown(world: World):
    empty = ask(world, "GET", "/v2/agents/hello/tags/list", headers=login())
    assert (empty.status_code, empty.json()) == (200, {"name": "agents/hello", "tags": []})
    assert ask(world, "GET", "/v2/agents/nope/tags/list", headers=login()).status_code == 404


def test_what_is_allowed_passes_unchanged_in_both_directions(world: World):
    path = "/v2/agents/hello/blobs/uploads/7?_state=a%2Fb"
    answer = ask(world, "PATCH", path, content=b"bytes", headers={**login(), "Content-Range": "0-4"})
    assert (answer.status_code, answer.text, answer.headers["Location"]) == (201, "stored", "/next")
    (request,) = world.forwarded
    assert str(request.url) == f"http://storage:1{path}"
    assert (request.content, request.headers["Content-Range"]) == (b"bytes", "0-4")
    assert request.headers["Host"] == "127.0.0.1:5", "the storage builds its Locations from it"


def test_an_immutable_tag_stays_what_it_is_and_may_be_pushed_again_as_that(world: World):
    path = "/v2/agents/hello/manifests/1.0"
    refused = ask(world, "PUT", path, content=NEW, headers=login())
    message = (
        "The image tag '1.0' already exists in the 'agents/hello' repository and cannot be overwritten because the "
        "tag is immutable."
    )
    assert error(refused) == (400, "TAG_INVALID", message)
    assert world.forwarded == []
    assert ask(world, "PUT", path, content=OLD, headers=login()).status_code == 201
    assert world.forwarded[0].content == OLD, "the body was read to know its digest, and still arrives"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/agents/loose/manifests/1.0", 201),
        ("/v2/agents/mixed/manifests/1.0", 400),
        ("/v2/agents/mixed/manifests/latest-1.0", 201),
        ("/v2/agents/hello/manifests/2.0", 201),
        (f"/v2/agents/hello/manifests/sha256:{'0' * 64}", 201),
    ],
)
def test_the_rules_of_the_repository_decide_which_tags_stay(world: World, path: str, status: int):
    world.tags["/v2/agents/mixed/manifests/latest-1.0"] = OLD
    assert ask(world, "PUT", path, content=NEW, headers=login()).status_code == status


def test_of_two_pushes_of_one_new_tag_at_once_one_wins(world: World):
    async def both(client: httpx2.AsyncClient) -> list[int]:
        pushes = [
            client.put("/v2/agents/hello/manifests/3.0", content=content, headers=login()) for content in (OLD, NEW)
        ]
        return sorted(answer.status_code for answer in await asyncio.gather(*pushes))

    assert talk(world, both) == [201, 400]


def test_a_storage_that_breaks_off_is_a_bad_gateway_and_not_a_silent_success():
    def broken(request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "aws":
            return httpx2.Response(200, json={"registryId": "1", "repository": REPOSITORIES["agents/loose"]})
        raise httpx2.ReadError("reset")

    answer = ask(broken, "GET", "/v2/agents/loose/tags/list", headers=login())  # pyright: ignore[reportArgumentType]
    assert answer.status_code == 502


def test_it_does_not_start_without_the_secret_that_signs_the_logins(monkeypatch: pytest.MonkeyPatch, capsys: Any):
    monkeypatch.delenv("LANGSMITH_SANDBOX_AWS_SECRET_ACCESS_KEY", raising=False)
    assert main(["--port", "1", "--storage", "x", "--aws", "http://y"]) == 2
    assert "LANGSMITH_SANDBOX_AWS_SECRET_ACCESS_KEY" in capsys.readouterr().err


def test_every_chunk_but_the_first_is_taken_and_lost_as_ecr_does(world: World):
    path = "/v2/agents/hello/blobs/uploads/7"
    second = ask(world, "PATCH", path, content=b"more", headers={**login(), "Content-Range": "5-8"})
    assert second.status_code == 201, "ECR does not even say so"
    assert world.forwarded == []
    for headers in ({"Content-Range": "0-4"}, {}):
        ask(world, "PATCH", path, content=b"bytes", headers={**login(), **headers})
    assert [request.content for request in world.forwarded] == [b"bytes", b"bytes"], "docker's one long chunk arrives"
