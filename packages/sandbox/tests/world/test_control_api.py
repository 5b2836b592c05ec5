"""What the AWS emulator's EKS can ask of the supervisor."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from fake_world import FakeClusters
from watching import eventually, runs

from langsmith_sandbox import credentials
from langsmith_sandbox.stores.engines import StoreEngines
from langsmith_sandbox.supervisor import control_api
from langsmith_sandbox.supervisor.blueprint import Site
from langsmith_sandbox.supervisor.clusters import Clusters
from langsmith_sandbox.supervisor.crew import Crew
from langsmith_sandbox.supervisor.stores import Stores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_sandbox.paths import WorldPaths

TOKEN = "let-me-in"


class Api:
    """A client of the control API, the clusters behind it, and their processes."""

    def __init__(self, paths: WorldPaths) -> None:
        self.crew = Crew(os.environ, paths.logs, lambda: None)
        self.clusters = Clusters(Site(paths, {}, credentials.make()), FakeClusters(), self.crew)
        self.stores = Stores(paths.stores, StoreEngines(), self.crew)
        self.server = control_api.server(0, TOKEN, self.clusters, self.stores)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def __call__(self, method: str, path: str, body: Any = None, token: str = TOKEN) -> tuple[int, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.server.server_port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                content = answer.read()
                return answer.status, json.loads(content) if content else None
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.loads(refusal.read())

    def await_status(self, name: str, status: str) -> dict[str, str]:
        eventually(lambda: self("GET", f"/clusters/{name}")[1].get("status") == status, f"{name} never got {status}")
        return self("GET", f"/clusters/{name}")[1]

    def close(self) -> None:
        self.clusters.stop()
        self.stores.stop()
        self.crew.close()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def api(paths: WorldPaths) -> Iterator[Api]:
    with contextlib.closing(Api(paths)) as opened:
        yield opened


def test_a_cluster_becomes_active_with_its_address_and_authority(api: Api) -> None:
    assert api("PUT", "/clusters/prod", {"version": "1.35"})[0] == 202
    found = api.await_status("prod", "ACTIVE")
    assert found["endpoint"] == "https://127.0.0.1:1"
    assert found["certificateAuthority"] == "Q0E="
    assert [state.name for state in api.crew.states()] == ["prod/core", "prod/node"]


def test_asking_twice_for_a_cluster_does_not_start_it_twice(api: Api) -> None:
    api("PUT", "/clusters/prod", {"version": "1.35"})
    api.await_status("prod", "ACTIVE")
    before = api.crew.states()
    assert api("PUT", "/clusters/prod", {"version": "1.35"})[0] == 202
    assert api.crew.states() == before


def test_a_deleted_cluster_leaves_no_process_no_data_and_no_trace(api: Api, paths: WorldPaths) -> None:
    api("PUT", "/clusters/prod", {"version": "1.35"})
    api.await_status("prod", "ACTIVE")
    pids = [state.pid for state in api.crew.states()]

    assert api("DELETE", "/clusters/prod")[0] == 202
    eventually(lambda: api("GET", "/clusters/prod")[0] == 404, "the cluster must go")

    assert not any(runs(pid) for pid in pids)
    assert not (paths.clusters / "prod").exists()


def test_a_cluster_deleted_while_it_starts_goes_as_well(api: Api) -> None:
    api("PUT", "/clusters/prod", {"version": "1.35"})
    assert api("DELETE", "/clusters/prod")[0] == 202
    eventually(lambda: api("GET", "/clusters/prod")[0] == 404, "the cluster must go")
    assert api.crew.states() == ()


def test_a_cluster_that_does_not_start_says_why_and_leaves_nothing_running(api: Api) -> None:
    api("PUT", "/clusters/broken", {"version": "1.35"})
    assert "made of cheese" in api.await_status("broken", "FAILED")["message"]
    assert api.crew.states() == ()


def test_node_groups_are_written_where_the_node_agent_reads_them(api: Api, paths: WorldPaths) -> None:
    wanted = {"desired": 2, "instanceType": "m5.large", "labels": {"a": "b"}, "taints": []}
    api("PUT", "/clusters/prod", {"version": "1.35"})
    assert api("PUT", "/clusters/prod/nodegroups/main", wanted)[0] == 204
    assert api("PUT", "/clusters/prod/nodegroups/spot", wanted)[0] == 204
    assert api("DELETE", "/clusters/prod/nodegroups/spot")[0] == 204

    written = json.loads((paths.clusters / "prod" / "nodes.json").read_text())
    assert written == {"nodegroups": {"main": wanted}}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_cluster_nobody_made_is_not_found(api: Api, method: str) -> None:
    assert api(method, "/clusters/ghost")[0] == 404


def test_nodes_of_a_cluster_nobody_made_are_not_found(api: Api) -> None:
    assert api("PUT", "/clusters/ghost/nodegroups/main", {})[0] == 404


@pytest.mark.parametrize("token", ["", "wrong", "let-me-in2"])
def test_without_the_token_nothing_is_done(api: Api, token: str) -> None:
    assert api("PUT", "/clusters/prod", {"version": "1.35"}, token=token)[0] == 401
    assert api("GET", "/clusters/prod")[0] == 404


@pytest.mark.parametrize("path", ["/clusters/..", "/clusters/a%2Fb", "/clusters/", "/clusters/a/b", "/"])
def test_a_name_that_eks_would_refuse_reaches_no_folder(api: Api, paths: WorldPaths, path: str) -> None:
    assert api("PUT", path, {"version": "1.35"})[0] == 404
    assert not paths.clusters.exists()


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{api.server.server_port}/clusters/prod",
        method="PUT",
        data=b"{",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    with pytest.raises(urllib.error.HTTPError, match="400") as caught:
        urllib.request.urlopen(request, timeout=10)
    caught.value.close()


def test_clusters_are_resumed_with_their_data_after_a_restart(paths: WorldPaths) -> None:
    with contextlib.closing(Api(paths)) as first:
        first("PUT", "/clusters/prod", {"version": "1.35"})
        first.await_status("prod", "ACTIVE")
        first("PUT", "/clusters/prod/nodegroups/main", {"desired": 1})
    with contextlib.closing(Api(paths)) as second:
        second.clusters.resume()
        second.clusters.settle()
        assert second("GET", "/clusters/prod")[1]["status"] == "ACTIVE"
        assert (paths.clusters / "prod" / "nodes.json").exists()
