"""The provider over gRPC, as the engine drives it, against a real API server."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from langsmith_sandbox.cluster import control_plane
from langsmith_sandbox.part import Part
from langsmith_sandbox.providers import properties
from langsmith_sandbox.providers.kubernetes.cluster import Cluster
from langsmith_sandbox.providers.kubernetes.configuration import Configuration
from langsmith_sandbox.providers.kubernetes.kubeconfig import load

_NEEDED = ("etcd", "kube-apiserver", "kube-controller-manager")
_RUNNING: list[subprocess.Popen[bytes]] = []


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory, find_tool: Callable[[str], Path]) -> Path:
    """Kubeconfig of an administrator of a real control plane without nodes."""
    directory = tmp_path_factory.mktemp("cluster")
    programs = directory / "programs"
    programs.mkdir()
    for name in _NEEDED:
        (programs / name).symlink_to(find_tool(name).resolve())
    control_plane.prepare(directory, name="test")
    parts = control_plane.parts(
        directory,
        name="test",
        kubernetes=programs,
        aws_url="http://127.0.0.1:9",
        ingress_port=9,
        images_dir=directory,
        registry="127.0.0.1:9",
    )
    for part in parts:
        if part.name.removeprefix("test/") in _NEEDED:
            _RUNNING.append(_start(part, directory))  # noqa: PERF401 - known even if the next one fails
    return control_plane.admin_kubeconfig(directory)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """End the API server with the last test that may ask it: no fixture has a folder for scope, and it never rests."""
    yield
    if nextitem is None or not nextitem.path.is_relative_to(Path(__file__).parent):
        while _RUNNING:
            process = _RUNNING.pop()
            process.terminate()
            process.wait(30)


def _start(part: Part, directory: Path) -> subprocess.Popen[bytes]:
    log = directory / f"{part.name.rpartition('/')[2]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(part.argv, env={**os.environ, **part.env}, stdout=output, stderr=output)
    end = time.monotonic() + part.start_timeout
    while not part.ready():
        assert process.poll() is None, f"{part.name} ended: {log.read_text()[-2000:]}"
        assert time.monotonic() < end, f"{part.name} is not ready: {log.read_text()[-2000:]}"
        time.sleep(0.2)
    return process


@pytest.fixture(scope="session")
def cluster(api_server: Path) -> Cluster:
    """The cluster behind `api_server`, to look at objects without the provider."""
    return Cluster(load(Configuration(kubeconfig=str(api_server))))


@pytest.fixture
def namespace(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    """A namespace of this test alone."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**10}"
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, manager="test")
    return name


@dataclasses.dataclass
class Engine:
    """One provider process, driven as the engine drives it; knows one resource at a time by its logical name."""

    stub: provider_pb2_grpc.ResourceProviderStub

    def configure(self, **inputs: Any) -> None:
        """Give the provider its own inputs."""
        args = properties.encode(inputs)
        self.stub.Configure(proto.ConfigureRequest(args=args, acceptSecrets=True))

    def check(self, token: str, name: str, inputs: dict[str, Any], old: dict[str, Any] | None = None) -> Any:
        """The raw answer to Check."""
        request = proto.CheckRequest(
            urn=urn(token, name),
            news=properties.encode(inputs),
            olds=properties.encode(old or {}),
            randomSeed=b"seed",
        )
        return self.stub.Check(request)

    def checked(
        self, token: str, name: str, inputs: dict[str, Any], old: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Checked inputs; there must be nothing wrong with them."""
        answer = self.check(token, name, inputs, old)
        assert not answer.failures, answer.failures
        return properties.decode(answer.inputs)

    def create(
        self, token: str, name: str, inputs: dict[str, Any], *, preview: bool = False, timeout: float = 60
    ) -> Resource:
        """Check, then create."""
        checked = self.checked(token, name, inputs)
        request = proto.CreateRequest(
            urn=urn(token, name), properties=properties.encode(checked), preview=preview, timeout=timeout
        )
        answer = self.stub.Create(request)
        return Resource(token, name, answer.id, checked, properties.decode(answer.properties))

    def diff(self, resource: Resource, inputs: dict[str, Any]) -> Any:
        """The raw answer to Diff for new inputs."""
        checked = self.checked(resource.token, resource.name, inputs, resource.inputs)
        request = proto.DiffRequest(
            urn=urn(resource.token, resource.name),
            id=resource.id,
            news=properties.encode(checked),
            old_inputs=properties.encode(resource.inputs),
            olds=properties.encode(resource.outputs),
        )
        return self.stub.Diff(request)

    def update(self, resource: Resource, inputs: dict[str, Any], *, preview: bool = False) -> Resource:
        """Check, then update."""
        checked = self.checked(resource.token, resource.name, inputs, resource.inputs)
        request = proto.UpdateRequest(
            urn=urn(resource.token, resource.name),
            id=resource.id,
            news=properties.encode(checked),
            old_inputs=properties.encode(resource.inputs),
            olds=properties.encode(resource.outputs),
            preview=preview,
            timeout=60,
        )
        outputs = properties.decode(self.stub.Update(request).properties)
        return dataclasses.replace(resource, inputs=checked, outputs=outputs)

    def read(self, resource: Resource) -> Resource | None:
        """The resource as it is, or None when it is gone."""
        request = proto.ReadRequest(
            urn=urn(resource.token, resource.name),
            id=resource.id,
            inputs=properties.encode(resource.inputs),
            properties=properties.encode(resource.outputs),
        )
        answer = self.stub.Read(request)
        if not answer.id:
            return None
        inputs, outputs = properties.decode(answer.inputs), properties.decode(answer.properties)
        return dataclasses.replace(resource, inputs=inputs, outputs=outputs)

    def kept(self, token: str, name: str, error: Any) -> Resource | None:
        """The resource an error says was made, though it is not ready; None when it says no such thing."""
        trailer = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        if trailer is None:
            return None
        detail = proto.ErrorResourceInitFailed()
        assert status_pb2.Status.FromString(trailer).details[0].Unpack(detail)
        return self.known(
            token, name, detail.id, properties.decode(detail.inputs), properties.decode(detail.properties)
        )

    def known(
        self, token: str, name: str, resource_id: str, inputs: dict[str, Any], outputs: dict[str, Any] | None = None
    ) -> Resource:
        """A resource as the engine remembers it from an earlier run."""
        return Resource(token, name, resource_id, inputs, inputs if outputs is None else outputs)

    def delete(self, resource: Resource, *, timeout: float = 300) -> None:
        """Delete, and wait until it is gone: as long as the engine does.

        A custom resource definition deleted soon after it was made may take minutes: its finalizer finds the API
        server's cache not filled yet, tries again from a stale copy, gives up at the conflict, and overlooks its own
        change until somebody else's (apiextensions-apiserver 1.35, crd_finalizer.go).
        """
        request = proto.DeleteRequest(
            urn=urn(resource.token, resource.name),
            id=resource.id,
            properties=properties.encode(resource.outputs),
            timeout=timeout,
        )
        self.stub.Delete(request)


@dataclasses.dataclass(frozen=True)
class Resource:
    """What the engine keeps of a resource."""

    token: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:test::project::{token}::{name}"


@pytest.fixture(scope="session")
def start_plugin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Engine]]:
    """Start one more provider process, as the engine does for each provider resource."""
    running: list[tuple[subprocess.Popen[str], grpc.Channel]] = []

    def start() -> Engine:
        command = [sys.executable, "-m", "langsmith_sandbox.providers.kubernetes", "127.0.0.1:1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path_factory.mktemp("plugin"))
        assert process.stdout is not None
        channel = grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}")
        running.append((process, channel))
        return Engine(provider_pb2_grpc.ResourceProviderStub(channel))

    yield start
    for process, channel in running:
        channel.close()
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(scope="session")
def engine(start_plugin: Callable[[], Engine], api_server: Path) -> Engine:
    """A provider of the real API server."""
    started = start_plugin()
    started.configure(kubeconfig=api_server.read_text())
    return started


@pytest.fixture(scope="session")
def unreachable() -> str:
    """A kubeconfig of a cluster that is not there (nothing listens on the discard port)."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
    )
