from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.command import Interpreters
from langsmith_sandbox.cluster.errors import ContainerConfigError
from langsmith_sandbox.cluster.images import RUNTIME_LABEL, Image
from langsmith_sandbox.cluster.pod_folder import PodFolder
from langsmith_sandbox.cluster.pod_preparation import NodeServices, PodPreparation
from langsmith_sandbox.cluster.volumes import SERVICE_ACCOUNT_MOUNT

if TYPE_CHECKING:
    from collections.abc import Callable


class FakeEvents:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def record(self, pod: Any, kind: str, reason: str, message: str) -> None:
        self.told.append((reason, message))


class Bench:
    def __init__(self, folder: Path, objects: Any, pod: Any) -> None:
        self.events = FakeEvents()
        self.folder = PodFolder(folder / "disk", folder / "memory")
        (folder / "image").mkdir()
        config = {"Entrypoint": ["python"], "Labels": {RUNTIME_LABEL: "sandbox"}}
        self.image = Image("team/app:1", "id", folder / "image", config)
        images: Any = None
        events: Any = self.events
        interpreters = Interpreters(Path("/opt/python"), None)
        server, authority = "https://127.0.0.1:6443", folder / "ca.crt"
        services = NodeServices(
            objects, images, events, interpreters, server, authority, lambda _, claim: folder / claim
        )
        self.preparation = PodPreparation(pod, "127.64.0.9", self.folder, services)
        self.preparation.volumes()


ACCOUNT = {"name": "account", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}
CONTAINER = {"name": "main", "image": "team/app:1"}


@pytest.fixture
def bench(tmp_path: Path, objects: Any, pod: Callable[..., Any]) -> Bench:
    return Bench(tmp_path, objects, pod(spec={"volumes": [ACCOUNT]}))


def test_a_container_with_a_service_account_gets_a_kubeconfig_that_names_its_token_but_does_not_hold_it(bench: Bench):
    mounted = {**CONTAINER, "volumeMounts": [{"name": "account", "mountPath": SERVICE_ACCOUNT_MOUNT}]}
    env = bench.preparation.run(mounted, bench.image, 0).command.env
    document = json.loads(Path(env["KUBECONFIG"]).read_text())
    token = Path(document["users"][0]["user"]["tokenFile"])
    assert token.read_text().startswith("token of default")
    assert token.is_relative_to(bench.folder.memory)
    assert document["contexts"][0]["context"]["namespace"] == "agents"
    assert (env["KUBERNETES_SERVICE_HOST"], env["KUBERNETES_SERVICE_PORT"]) == ("127.0.0.1", "6443")


def test_a_container_without_a_service_account_gets_no_way_into_the_api(bench: Bench):
    assert "KUBECONFIG" not in bench.preparation.run(CONTAINER, bench.image, 0).command.env


def test_a_container_finds_an_empty_file_for_its_last_words_at_each_start(bench: Bench):
    for attempt in range(2):
        run = bench.preparation.run({**CONTAINER, "args": ["/dev/termination-log"]}, bench.image, attempt)
        assert run.command.argv[-1] == str(run.last_words), "a program is told the path it knows"
        assert run.last_words.read_text() == ""
        run.last_words.write_text("why it ended")


def test_its_own_address_is_known_before_the_api_knows_it(bench: Bench):
    field = {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}
    env = bench.preparation.run({**CONTAINER, "env": [field]}, bench.image, 0).command.env
    assert env["IP"] == "127.64.0.9"


def test_only_the_logs_of_this_run_and_the_one_before_are_kept(bench: Bench):
    for attempt in range(4):
        bench.preparation.run(CONTAINER, bench.image, attempt).log.write_text("x")
    kept = sorted(path.name for path in (bench.folder.disk / "logs").iterdir())
    assert kept == ["main.2.log", "main.3.log"]


def test_what_the_node_cannot_do_is_said_and_never_passed_over(bench: Bench):
    with pytest.raises(ContainerConfigError, match="restartPolicy of their own"):
        bench.preparation.image({**CONTAINER, "restartPolicy": "Always"})
    bench.preparation.run({**CONTAINER, "lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}, bench.image, 0)
    assert ("HooksIgnored", "a sandbox node does not run lifecycle hooks: preStop") in bench.events.told
