"""The provider as the engine uses it: run by the dynamic provider's own process, spoken to over gRPC."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown
from pulumi.runtime import proto, rpc
from pulumi.runtime.proto import provider_pb2_grpc

from langsmith_control_plane.secret import Secret
from langsmith_hybrid.listener.api_key import fingerprint
from langsmith_hybrid.listener.provider import ListenerProvider

if TYPE_CHECKING:
    from conftest import FakeControlPlane

Inputs = Callable[..., dict[str, Any]]

PROJECT = "hosting"
WORKSPACE = "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11"
API_KEY = "lsv2_pt_canary_" + "c0ffee" * 4
FOREIGN_KEY = "lsv2_pt_of_another_organisation"
URN = "urn:pulumi:dev::hosting::pulumi-python:dynamic/langsmith:Listener::listener"


class Servicer:
    """The dynamic provider's process, and the calls the engine makes to it.

    Args:
        environ: Variables it gets, besides the few it cannot do without.
    """

    def __init__(self, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": os.environ["PATH"], "PULUMI_PROJECT": PROJECT} | environ,
        )
        assert self._process.stdout is not None
        self._output: list[str] = []
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self._process.stdout.readline().strip()}")
        self._reader = threading.Thread(target=self._output.extend, args=(self._process.stdout,))
        self._reader.start()
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._provider = serialize_provider(ListenerProvider())

    def stop(self) -> str:
        """End the process and return all it printed."""
        self._channel.close()
        self._process.terminate()
        self._process.wait(timeout=10)
        self._reader.join(timeout=10)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return "".join(self._output)

    def configure(self, **config: str) -> None:
        self._stub.Configure(proto.ConfigureRequest(args=_struct({f"{PROJECT}:{k}": v for k, v in config.items()})))

    def check(self, news: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        request = proto.CheckRequest(urn=URN, olds=_struct({}), news=self._props(news))
        answer = self._stub.Check(request)
        return _plain(answer.inputs), [(each.property, each.reason) for each in answer.failures]

    def diff(self, listener_id: str, olds: dict[str, Any], news: dict[str, Any]) -> proto.DiffResponse:
        return self._stub.Diff(
            proto.DiffRequest(id=listener_id, urn=URN, olds=self._props(olds), news=self._props(news))
        )

    def create(self, props: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        answer = self._stub.Create(proto.CreateRequest(urn=URN, properties=self._props(props)))
        return answer.id, _plain(answer.properties)

    def read(self, listener_id: str, props: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        answer = self._stub.Read(proto.ReadRequest(id=listener_id, urn=URN, properties=self._props(props)))
        return answer.id, _plain(answer.properties), _plain(answer.inputs)

    def update(self, listener_id: str, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        request = proto.UpdateRequest(id=listener_id, urn=URN, olds=self._props(olds), news=self._props(news))
        return _plain(self._stub.Update(request).properties)

    def delete(self, listener_id: str, props: dict[str, Any]) -> None:
        self._stub.Delete(proto.DeleteRequest(id=listener_id, urn=URN, properties=self._props(props)))

    def _props(self, props: dict[str, Any]) -> Any:
        return _struct({**props, "__provider": self._provider})


def _struct(props: dict[str, Any]) -> Any:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(rpc.serialize_properties(props, {}))
    finally:
        loop.close()


def _plain(struct: Any) -> dict[str, Any]:
    props = rpc.deserialize_properties(struct, keep_unknowns=True)
    props.pop("__provider", None)
    return props


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[..., Servicer]]:
    """Starts processes as the engine does, with the given environment."""
    running: list[Servicer] = []

    def run(**environ: str) -> Servicer:
        running.append(Servicer(environ))
        return running[-1]

    yield run
    for servicer in running:
        servicer.stop()


@pytest.fixture(scope="module")
def servicer(start: Callable[..., Servicer]) -> Servicer:
    """A process that knows the stack's configuration; one for all tests, as the engine has one for all resources."""
    running = start()
    running.configure(langsmithApiKey=API_KEY)
    return running


@pytest.fixture
def inputs(control_plane_url: str) -> Callable[..., dict[str, Any]]:
    """Builds checked inputs for this test's control plane."""

    def build(**changes: Any) -> dict[str, Any]:
        return {
            "workspace_id": WORKSPACE,
            "compute_id": "hybrid",
            "namespaces": ["agents"],
            "control_plane_url": control_plane_url,
            "delete_adopted": False,
            "api_key_fingerprint": fingerprint(Secret(API_KEY), WORKSPACE),
        } | changes

    return build


def test_a_listener_lives_and_dies_as_the_engine_drives_it(
    servicer: Servicer, control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    checked, failures = servicer.check(inputs(namespaces=["beta", "agents"]))
    assert failures == [], "the inputs are good"
    listener_id, state = servicer.create(checked)
    assert state == {**checked, "listener_id": listener_id, "adopted": False}, "the state is all the engine remembers"

    assert servicer.diff(listener_id, state, checked).changes == proto.DiffResponse.DIFF_NONE, "a second run is quiet"
    assert servicer.read(listener_id, state) == (listener_id, state, checked), "a refresh right after is quiet, too"

    changed = {**checked, "namespaces": ["agents"]}
    answer = servicer.diff(listener_id, state, changed)
    assert (answer.changes, list(answer.replaces)) == (proto.DiffResponse.DIFF_SOME, []), "in place"
    updated = servicer.update(listener_id, state, changed)
    assert updated == {**state, "namespaces": ["agents"]}, "outputs survive an update"

    servicer.delete(listener_id, updated)
    assert control_plane.listeners == {}, "nothing is left"
    servicer.delete(listener_id, updated)


def test_drift_shows_in_outputs_and_inputs_and_is_then_undone(
    servicer: Servicer, control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    wanted = inputs()
    listener_id, state = servicer.create(wanted)
    control_plane.listeners[listener_id]["compute_config"]["k8s_namespaces"] = ["by-hand", "agents"]
    _, drifted, live_inputs = servicer.read(listener_id, state)
    assert drifted["namespaces"] == live_inputs["namespaces"] == ["agents", "by-hand"], "the refresh shows it"
    assert servicer.diff(listener_id, drifted, wanted).changes == proto.DiffResponse.DIFF_SOME, "the next run sees it"
    servicer.update(listener_id, drifted, wanted)
    assert control_plane.namespaces(listener_id) == ["agents"], "and puts it right"


def test_a_listener_deleted_by_hand_reads_as_gone_and_is_made_again(
    servicer: Servicer, control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    first, state = servicer.create(inputs())
    control_plane.listeners.clear()
    assert servicer.read(first, state)[0] == "", "an empty id is how a provider says gone"
    second, _ = servicer.create(inputs())
    assert set(control_plane.listeners) == {second}, "a new one takes its place"


def test_an_adopted_listener_stays_unless_the_resource_says_otherwise(
    servicer: Servicer, control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    theirs = control_plane.register("hybrid", "agents")
    listener_id, state = servicer.create(inputs())
    assert (listener_id, state["adopted"]) == (theirs, True), "found by its compute id"
    updated = servicer.update(listener_id, state, inputs(delete_adopted=True))
    assert updated["adopted"] is True, "an update must not forget whose it is"

    servicer.delete(listener_id, state)
    assert theirs in control_plane.listeners, "destroy leaves what it did not make"
    servicer.delete(listener_id, updated)
    assert theirs not in control_plane.listeners, "unless told"


def test_an_identity_change_replaces_and_the_old_one_goes_first(servicer: Servicer, inputs: Inputs) -> None:
    state = {**inputs(), "listener_id": "id", "adopted": False}
    answer = servicer.diff("id", state, inputs(compute_id="other"))
    assert list(answer.replaces) == ["compute_id"], "the plan shows why"
    assert answer.deleteBeforeReplace, "its deployments must be dealt with before, not after"


def test_previews_ask_nobody_even_with_unknown_values(
    servicer: Servicer, control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    checked, failures = servicer.check(inputs(compute_id=rpc.UNKNOWN, api_key_fingerprint=rpc.UNKNOWN))
    assert failures == [], "unknown is not wrong"
    assert isinstance(checked["compute_id"], Unknown), "and stays unknown"
    answer = servicer.diff("id", {**inputs(), "listener_id": "id"}, checked)
    assert list(answer.replaces) == ["compute_id"], "the plan shows the most that may happen"
    assert control_plane.requests == [], "a preview works without a network"


def test_failures_of_a_check_name_their_properties(servicer: Servicer, inputs: Inputs) -> None:
    _, failures = servicer.check(inputs(workspace_id="nope", namespaces=["Agents"]))
    assert [name for name, _ in failures] == ["workspace_id", "namespaces"], "the engine points at them"


def _refused(call: Callable[[], Any]) -> str:
    with pytest.raises(grpc.RpcError) as failure:
        call()
    return failure.value.details() or ""  # pyright: ignore[reportAttributeAccessIssue] - every RpcError raised by a call is a Call


def test_people_see_sentences_and_neither_traceback_nor_key(
    start: Callable[..., Servicer], control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    servicer = start()
    servicer.configure(langsmithApiKey=API_KEY)
    listener_id, state = servicer.create(inputs())
    control_plane.deploy("hello", listener_id)
    in_use = _refused(lambda: servicer.delete(listener_id, state))
    assert in_use.endswith(
        f"Listener {listener_id} is still used by deployment 'hello' (READY). "
        "Delete these deployments, wait until they are gone, then run this again."
    ), "what happened, and what to do"

    control_plane.key = "another"
    unauthorized = _refused(lambda: servicer.create(inputs()))
    assert "with 401" in unauthorized, "the server's answer"
    assert "Check that the LangSmith API key is current" in unauthorized, "and the remedy"

    servicer.delete(listener_id, {**state, "adopted": True})
    printed = servicer.stop()
    assert "is kept; delete_adopted would remove it" in printed, "a kept listener must not look deleted"
    assert "Traceback" not in printed, "the engine shows what the process prints: a traceback would bury the sentence"
    assert "canary" not in in_use + unauthorized + printed, "although the server echoes the key"


def test_the_environment_serves_where_neither_key_nor_control_plane_is_declared(
    start: Callable[..., Servicer], control_plane: FakeControlPlane, control_plane_url: str, inputs: Inputs
) -> None:
    servicer = start(LANGSMITH_API_KEY=API_KEY, LANGGRAPH_HOST_URL=control_plane_url)
    servicer.configure()
    servicer.create(inputs(control_plane_url=None))
    assert len(control_plane.listeners) == 1, "self-hosted teams set the official variables"


@pytest.fixture(scope="module")
def misled(start: Callable[..., Servicer]) -> Servicer:
    """A process that knows the stack's configuration and is run in another organisation's environment."""
    running = start(LANGSMITH_API_KEY=FOREIGN_KEY, LANGGRAPH_HOST_URL="https://eu.smith.langchain.com")
    running.configure(langsmithApiKey=API_KEY)
    return running


def test_the_environments_key_never_overrides_the_stacks(
    misled: Servicer, control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    misled.create(inputs())
    assert len(control_plane.listeners) == 1, "registered with the stack's key, the only one this workspace knows"


def test_the_declared_control_plane_wins_over_the_environments(
    misled: Servicer, control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    misled.create(inputs())
    assert len(control_plane.listeners) == 1, "the stack says where its listener lives"
    refusal = _refused(lambda: misled.create(inputs(control_plane_url=None)))
    assert "Use https://eu.api.host.langchain.com instead" in refusal, "a dashboard is no control plane"


def test_a_foreign_key_in_the_environment_does_not_make_the_listener_look_gone(
    start: Callable[..., Servicer], control_plane: FakeControlPlane, inputs: Inputs
) -> None:
    servicer = start(LANGSMITH_API_KEY=FOREIGN_KEY)
    servicer.configure()
    message = _refused(lambda: servicer.read("id", {**inputs(), "listener_id": "id"}))
    assert "another key than this listener was registered with" in message, "refused before anything is asked"
    assert control_plane.requests == [], "that key is no business of this control plane"
