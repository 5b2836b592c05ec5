"""Stand-ins at the edges of the operations: a pulumi that answers from values, and an AWS that answers from a table."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from langsmith_hybrid.operations.aws import Aws, translated
from langsmith_hybrid.operations.hosting_stack import HostingStack
from langsmith_hybrid.operations.pulumi_cli import Finished

PROJECT = "langsmith-hybrid"
STACK = "dev"
REGION = "eu-west-1"
API_KEY = "lsv2_pt_" + "c0ffee" * 6
WORKSPACE = "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11"
CONFIG: Mapping[str, str] = {
    "environment": "dev",
    "eksClusterName": "agents-dev",
    "s3BucketPrefix": "acme-agents",
    "langsmithWorkspaceId": WORKSPACE,
}


@dataclasses.dataclass
class FakePulumi:
    """Answers what pulumi is asked about a stack, and notes what it is told to do.

    Attributes:
        config: The stack file's plain keys, without the project's prefix; the API key is always there, as a secret.
        outputs: The stack's outputs.
        resources: The state: maps as in `pulumi stack export`.
        pending: Names of the resources a run that was cut off was at.
        selected: The selected stack; empty for none.
        ends: Exit codes of what it is told to do, by command; 0 where none is named.
        performed: The arguments of everything it was told to do.
        before_end: Called with the arguments of what it was told to do, before it ends.
    """

    config: dict[str, str] = dataclasses.field(default_factory=lambda: dict(CONFIG))
    outputs: dict[str, Any] = dataclasses.field(default_factory=dict)
    resources: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    pending: list[str] = dataclasses.field(default_factory=list)
    selected: str = STACK
    ends: dict[str, int] = dataclasses.field(default_factory=dict)
    performed: list[list[str]] = dataclasses.field(default_factory=list)
    before_end: Callable[[list[str]], None] = lambda _arguments: None

    def answer(self, arguments: Sequence[str], folder: Path) -> Finished:
        match list(arguments):
            case ["stack", "--show-name"]:
                return Finished(0 if self.selected else 255, f"{self.selected}\n", "")
            case ["config", *_]:
                plain = {f"{PROJECT}:{key}": {"value": value, "secret": False} for key, value in self.config.items()}
                secret = {f"{PROJECT}:langsmithApiKey": {"value": API_KEY, "secret": True}}
                return Finished(0, json.dumps({"aws:region": {"value": REGION}, **plain, **secret}), "")
            case ["stack", "output", *_]:
                return Finished(0, json.dumps(self.outputs), "")
            case ["stack", "export", *_]:
                cut_off = [{"resource": {"urn": f"urn:pulumi:{STACK}::{PROJECT}::t::{name}"}} for name in self.pending]
                deployment = {"resources": self.resources, "pending_operations": cut_off}
                return Finished(0, json.dumps({"deployment": deployment}), "")
            case ["version"]:
                return Finished(0, "v3.259.0\n", "")
        raise AssertionError(f"nobody should ask pulumi {' '.join(arguments)}")

    def perform(self, arguments: Sequence[str], folder: Path) -> int:
        self.performed.append(list(arguments))
        self.before_end(list(arguments))
        return self.ends.get(arguments[0], 0)

    def hold(self, type_token: str, name: str, resource_id: str, **outputs: Any) -> None:
        """Put a resource into the state."""
        urn = f"urn:pulumi:{STACK}::{PROJECT}::{type_token}::{name}"
        self.resources.append(
            {
                "urn": urn,
                "custom": True,
                "type": type_token,
                "id": resource_id,
                "outputs": {"id": resource_id, **outputs},
            }
        )

    def stack(self, folder: Path) -> HostingStack:
        """The stack it knows; ``folder`` need hold nothing."""
        return HostingStack(folder, STACK, PROJECT, self)


class FakeAws(Aws):
    """Answers from a table: an answer, an error to raise, or a function of the arguments; notes what was asked.

    Attributes:
        answers: By service and botocore's operation name. Paginated ones answer with one page.
        asked: Service, operation and arguments of every request.
    """

    def __init__(self, answers: Mapping[tuple[str, str], Any] | None = None, region: str = REGION) -> None:
        super().__init__(region)
        self.answers: dict[tuple[str, str], Any] = dict(answers or {})
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def client(self, service: str, region: str | None = None) -> Any:
        raise AssertionError(f"no test of the operations makes a client of {service}")

    def ask(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        self.asked.append((service, operation, arguments))
        with translated(f"{service} {operation}"):
            answer: Any = self.answers[service, operation]
            if isinstance(answer, Exception):
                raise answer
            found: Any = answer(arguments) if callable(answer) else answer
            return found

    def each(self, service: str, operation: str, member: str, **arguments: Any) -> Iterator[Any]:
        yield from self.ask(service, operation, **arguments)[member]


def refusal(code: str, message: str = "") -> Exception:
    """What botocore raises when AWS refuses with ``code``."""
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


@contextlib.contextmanager
def workspace(client: Any) -> Iterator[Any]:
    """A stand-in for ``workspace_of`` that yields ``client``."""
    yield client
