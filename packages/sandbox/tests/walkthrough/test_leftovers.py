"""What is left is found wherever it is, page by page, and silence is no proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from langsmith_sandbox.walkthrough.errors import LeftoversError, UnreachableError
from langsmith_sandbox.walkthrough.leftovers import Inventory
from langsmith_sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Answer

    from langsmith_sandbox.credentials import Credentials
    from langsmith_sandbox.paths import WorldPaths


def world_of(port: int) -> World:
    return World("id", "running", ports={"aws": port, "control-plane": port})


def paged(things: dict[str, list[Any]]) -> Answer:
    def answer(method: str, path: str, body: Any) -> tuple[int, Any]:
        url = urlsplit(path)
        query = parse_qs(url.query)
        offset, limit = (int(query.get(name, [default])[0]) for name, default in (("offset", "0"), ("limit", "20")))
        return 200, {"resources": things.get(url.path, [])[offset : offset + limit]}

    return answer


def test_an_empty_world_has_nothing(serve: Callable[[Answer], int], paths: WorldPaths, secrets: Credentials) -> None:
    assert Inventory(paths, world_of(serve(paged({}))), secrets).everything() == []


def test_each_kind_of_thing_is_named_so_that_it_can_be_found(
    serve: Callable[[Answer], int], paths: WorldPaths, secrets: Credentials
) -> None:
    (paths.clusters / "prod").mkdir(parents=True)
    (paths.clusters / "prod" / "cluster.json").write_text("{}")
    things = {
        "/_sandbox/leftovers": [{"type": "AWS::EC2::VPC", "id": "vpc-1"}],
        "/v2/listeners": [{"compute_id": "prod", "id": "l-1"}],
        "/v2/deployments": [{"name": "hello"}],
    }
    assert Inventory(paths, world_of(serve(paged(things))), secrets).everything() == [
        "AWS AWS::EC2::VPC vpc-1",
        "listener prod (l-1)",
        "deployment hello",
        "Kubernetes cluster prod",
    ]


def test_deployments_beyond_the_first_page_are_seen(
    serve: Callable[[Answer], int], paths: WorldPaths, secrets: Credentials
) -> None:
    many = [{"name": f"agent-{number}"} for number in range(230)]
    found = Inventory(paths, world_of(serve(paged({"/v2/deployments": many}))), secrets).deployments()
    assert len(found) == 230


def test_a_part_that_does_not_answer_is_no_proof_of_emptiness(
    serve: Callable[[Answer], int], paths: WorldPaths, secrets: Credentials
) -> None:
    with pytest.raises(UnreachableError, match="status 500"):
        Inventory(paths, world_of(serve(lambda *_: (500, {}))), secrets).everything()
    with pytest.raises(UnreachableError, match="URLError"):
        Inventory(paths, world_of(1), secrets).everything()


def test_left_overs_have_their_own_exit_code_and_are_listed() -> None:
    error = LeftoversError(["AWS VPC vpc-1", "process 12 etcd"])
    assert error.exit_code == 60
    assert error.what.splitlines()[1:] == ["  AWS VPC vpc-1", "  process 12 etcd"]
