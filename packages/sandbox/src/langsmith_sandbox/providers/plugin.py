"""Serve a resource provider written as plain, blocking Python to the Pulumi engine.

A `Provider` sees plain trees (see `properties`); `servicer` decodes them, keeps secrets secret, and turns errors into
what the engine expects: one message, or a resource that was made but did not become ready (`PartialFailure`).
Each call of the engine runs on a thread of its own.
"""

from __future__ import annotations

import dataclasses
import gc
import os
import signal
import threading
from typing import TYPE_CHECKING, Any, Protocol

from langsmith_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from langsmith_sandbox.providers.properties import Properties, Value

MAX_CALLS = 64
"""Calls served at the same time; the engine's own `--parallel` is the real limit."""

_PARENT_CHECK_SECONDS = 5.0
# A plugin reads tens of thousands of objects that stay, as the models of AWS's APIs, and ends with the run: at Python's
# own 700, looking for garbage among them takes a quarter of its time.
_OBJECTS_PER_COLLECTION = 100_000


class ProviderError(SandboxError):
    """A resource operation failed; the engine prints ``what`` and ``remedy`` under the resource's name."""


class PartialFailure(Exception):  # noqa: N818 - it carries a state as much as an error
    """The resource exists but is not in the state asked for; the engine keeps it, and puts it right next time.

    Args:
        resource_id: The provider's id of it.
        outputs: Its state as far as known.
        inputs: The inputs it was made from.
        reason: What is wrong, in one sentence.
    """

    def __init__(self, resource_id: str, outputs: Properties, inputs: Properties, reason: str) -> None:
        super().__init__(reason)
        self.resource_id = resource_id
        self.outputs = outputs
        self.inputs = inputs
        self.reason = reason


@dataclasses.dataclass(frozen=True)
class Subject:
    """The resource a call is about: its engine-wide name (URN), of which the type and logical name are parts."""

    urn: str

    @property
    def type(self) -> str:
        """Type token, as ``aws:ec2/vpc:Vpc``."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        """The name given to it in the program."""
        return self.urn.split("::", 3)[3]

    def __str__(self) -> str:
        return f"{self.type} ({self.name})"


@dataclasses.dataclass(frozen=True)
class Check:
    """Validate ``inputs``; ``old_inputs`` is empty for a new resource. ``seed`` makes random names repeatable."""

    subject: Subject
    inputs: Properties
    old_inputs: Properties
    seed: bytes = b""
    proposed_name: str = ""


@dataclasses.dataclass(frozen=True)
class Checked:
    """Inputs with defaults filled in, and what is wrong with them: (property path, reason) pairs."""

    inputs: Properties
    failures: Sequence[tuple[str, str]] = ()


@dataclasses.dataclass(frozen=True)
class Diff:
    """Compare ``inputs`` with what the resource was made from and with its last known ``state``."""

    subject: Subject
    resource_id: str
    inputs: Properties
    old_inputs: Properties
    state: Properties
    ignore_changes: Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class Change:
    """One property that differs.

    ``kind`` is ``add``, ``delete`` or ``update``; ``replace`` says that only a new resource will do.
    """

    kind: str
    replace: bool = False


@dataclasses.dataclass(frozen=True)
class Difference:
    """Changes by property path; nothing changed when empty."""

    changes: Mapping[str, Change]
    delete_before_replace: bool = False


@dataclasses.dataclass(frozen=True)
class Create:
    """Make the resource, or only foretell its outputs when ``preview``. ``timeout`` in seconds, 0 for the default."""

    subject: Subject
    inputs: Properties
    timeout: float = 0
    preview: bool = False


@dataclasses.dataclass(frozen=True)
class Read:
    """Look the resource up again; ``inputs`` and ``state`` are empty for an import."""

    subject: Subject
    resource_id: str
    inputs: Properties
    state: Properties


@dataclasses.dataclass(frozen=True)
class Update:
    """Bring the resource from ``state`` to ``inputs`` in place."""

    subject: Subject
    resource_id: str
    inputs: Properties
    old_inputs: Properties
    state: Properties
    timeout: float = 0
    preview: bool = False


@dataclasses.dataclass(frozen=True)
class Delete:
    """Remove the resource; one that is already gone counts as removed."""

    subject: Subject
    resource_id: str
    state: Properties
    timeout: float = 0


@dataclasses.dataclass(frozen=True)
class Instance:
    """A resource as it is: id, and its inputs and outputs as the provider sees them."""

    resource_id: str
    outputs: Properties
    inputs: Properties = dataclasses.field(default_factory=dict)


class Provider(Protocol):
    """What the engine asks of a provider, in blocking calls from many threads.

    Any of them may raise `ProviderError`; `create`, `read` and `update` also `PartialFailure`.
    """

    version: str
    echoes: Mapping[str, str]
    """Outputs that repeat an input under another name, so that they share its secrecy: output -> input."""

    def check_config(self, check: Check) -> Checked: ...
    def diff_config(self, diff: Diff) -> Difference: ...
    def configure(self, config: Properties) -> None: ...
    def check(self, check: Check) -> Checked: ...
    def diff(self, diff: Diff) -> Difference: ...
    def create(self, create: Create) -> Instance: ...
    def read(self, read: Read) -> Instance | None: ...
    def update(self, update: Update) -> Properties: ...
    def delete(self, delete: Delete) -> None: ...
    def invoke(self, token: str, arguments: Properties) -> Mapping[str, Value]: ...
    def cancel(self) -> None: ...


def serve(provider: Provider) -> None:
    """Serve ``provider`` to the engine until told to stop or orphaned."""
    from langsmith_sandbox.providers.protocol import provider_pb2_grpc
    from langsmith_sandbox.providers.servicer import ProviderServicer

    serve_plugin(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderServicer(provider), server)
    )


def serve_plugin(register: Callable[[Any], None]) -> None:
    """Serve what ``register`` adds to a gRPC server on a free loopback port, which is printed as the first line."""
    from concurrent.futures import ThreadPoolExecutor

    import grpc

    from langsmith_sandbox.providers.protocol import CHANNEL_OPTIONS

    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    server = grpc.server(ThreadPoolExecutor(MAX_CALLS), options=CHANNEL_OPTIONS)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server.start()
    print(port, flush=True)  # noqa: T201 - the engine reads the port from here
    wait_until_orphaned(stop)
    server.stop(grace=1).wait()


def wait_until_orphaned(stop: threading.Event) -> None:
    """Return once ``stop`` is set or the process that started this one has gone (an engine that was killed)."""
    parent = os.getppid()
    while not stop.wait(_PARENT_CHECK_SECONDS):
        if os.getppid() != parent:
            return
