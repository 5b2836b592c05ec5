"""A stack in a world where everything is well, for tests to spoil one thing of."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from operations.fakes import REGION, FakeAws, FakePulumi

from langsmith_control_plane.endpoints import Endpoints, of_region
from langsmith_control_plane.errors import NotFoundError
from langsmith_control_plane.models import Deployment, Listener
from langsmith_hybrid.operations.doctor import configuration
from langsmith_hybrid.operations.doctor.examination import Surroundings
from langsmith_hybrid.operations.doctor.subject import Subject
from langsmith_hybrid.operations.hosting_stack import StackConfig
from langsmith_hybrid.operations.pulumi_cli import Finished

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
ZONES = ("a", "b", "c")


@dataclasses.dataclass
class Engine(FakePulumi):
    """A pulumi that also says where its state lies.

    Attributes:
        version: What it says its version is.
        backend: The URL of its state.
        stacks: What it lists.
        pending: Names of resources an interrupted run was at.
        broken: Its words on every question about the stack; empty where all is well. ``broken_export`` likewise.
    """

    version: str = "v3.259.0"
    backend: str = "https://api.pulumi.com/acme"
    stacks: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    pending: list[str] = dataclasses.field(default_factory=list)
    broken: str = ""
    broken_export: str = ""

    def answer(self, arguments: Sequence[str], folder: Path) -> Finished:
        match list(arguments):
            case ["version"]:
                return Finished(0, f"{self.version}\n", "")
            case ["whoami", "--json"]:
                return Finished(0, json.dumps({"user": "acme", "url": self.backend}), "")
            case ["stack", "ls", "--json"]:
                return Finished(0, json.dumps(self.stacks), "")
        exporting = list(arguments[:2]) == ["stack", "export"]
        if said := self.broken or (exporting and self.broken_export):
            return Finished(255, "", f"error: {said}\n")
        if exporting:
            pending = [
                {"type": "creating", "resource": {"urn": f"urn:pulumi:s::p::t::{name}"}} for name in self.pending
            ]
            deployment = {"resources": self.resources, "pending_operations": pending}
            return Finished(0, json.dumps({"deployment": deployment}), "")
        return super().answer(arguments, folder)


@dataclasses.dataclass
class ControlPlane:
    """A workspace.

    Attributes:
        listeners: Its listeners.
        deployments: Its deployments, each on the listener that is asked about.
        unknown_listener: What asking for a listener that is not there raises.
        refuses: What every question raises; None where it answers.
    """

    listeners: list[Listener] = dataclasses.field(default_factory=list)
    deployments: list[Deployment] = dataclasses.field(default_factory=list)
    unknown_listener: Exception = dataclasses.field(default_factory=lambda: NotFoundError("Listener ID not found."))
    refuses: Exception | None = None
    endpoints: Endpoints = dataclasses.field(default_factory=lambda: of_region("us"))

    def list_listeners(self) -> tuple[Listener, ...]:
        if self.refuses:
            raise self.refuses
        return tuple(self.listeners)

    def list_deployments(self, *, listener_id: str) -> tuple[Deployment, ...]:
        return tuple(each for each in self.deployments if each.source_config.listener_id == listener_id)

    def get_listener(self, _listener_id: str) -> Listener:
        raise self.unknown_listener

    @contextlib.contextmanager
    def workspace(self, _config: StackConfig) -> Iterator[Any]:
        yield self


class Session:
    """Credentials that never end, in place of botocore's session."""

    full_config: dict[str, Any]

    def __init__(self) -> None:
        self.full_config = {}

    def get_credentials(self) -> Any:
        from botocore.credentials import Credentials

        return Credentials("AKIAEXAMPLE", "the key's secret", method="shared-credentials-file")

    def get_config_variable(self, _name: str) -> None:
        return None


def _zone(letter: str, number: int) -> dict[str, str]:
    return {"ZoneName": f"{REGION}{letter}", "ZoneId": f"euw1-az{number}"}


def _answers() -> dict[tuple[str, str], Any]:
    zones = [_zone(letter, number) for number, letter in enumerate(ZONES, start=1)]
    orderable = {
        "EngineVersion": "16.11",
        "StorageType": "gp3",
        "MultiAZCapable": True,
        "AvailabilityZones": [{"Name": zone["ZoneName"]} for zone in zones],
    }
    return {
        ("sts", "get_caller_identity"): {"Arn": "arn:aws:iam::111122223333:user/ops", "Account": "111122223333"},
        ("ec2", "describe_availability_zones"): {"AvailabilityZones": list(reversed(zones))},
        ("ec2", "describe_instance_type_offerings"): {
            "InstanceTypeOfferings": [{"Location": zone["ZoneName"]} for zone in zones]
        },
        ("ec2", "describe_instance_types"): {
            "InstanceTypes": [{"ProcessorInfo": {"SupportedArchitectures": ["x86_64"]}}]
        },
        ("ec2", "describe_vpcs"): {"Vpcs": [{}]},
        ("ec2", "describe_addresses"): {"Addresses": []},
        ("ec2", "describe_nat_gateways"): {"NatGateways": []},
        ("eks", "list_clusters"): {"clusters": []},
        ("rds", "describe_db_instances"): {"DBInstances": []},
        ("rds", "describe_orderable_db_instance_options"): {"OrderableDBInstanceOptions": [orderable]},
        ("elasticache", "describe_reserved_cache_nodes_offerings"): {"ReservedCacheNodesOfferings": [{}]},
        ("service-quotas", "get_service_quota"): {"Quota": {"Value": 5.0}},
    }


@dataclasses.dataclass
class World:
    """Everything a doctor looks at; all of it is well until a test spoils it.

    Attributes:
        folder: Where the stack is.
        pulumi: The stack, as pulumi knows it.
        aws: The account.
        control_plane: The workspace.
        unreachable: URLs that do not answer, with why; or the status they answer with.
    """

    folder: Path
    pulumi: Engine = dataclasses.field(default_factory=Engine)
    aws: FakeAws = dataclasses.field(default_factory=lambda: FakeAws(_answers()))
    control_plane: ControlPlane = dataclasses.field(default_factory=ControlPlane)
    unreachable: dict[str, OSError | int] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        self.aws.session = Session()  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def around(self) -> Surroundings:
        return Surroundings(self.control_plane.workspace, self.fetch, {}, NOW)

    def fetch(self, url: str) -> int:
        answer = self.unreachable.get(url, 200)
        if isinstance(answer, OSError):
            raise answer
        return answer

    def set(self, **config: str) -> None:
        """Set keys of the stack file."""
        self.pulumi.config.update(config)

    def subject(self) -> Subject:
        """What the checks of one module are about."""
        stack = self.pulumi.stack(self.folder)
        reading = configuration.read(stack.config)
        return Subject(stack, self.aws, reading.values, reading.has_key, stack.state())
