"""A fleet without files, git or network: members made by hand, and a target of many deployments in memory."""

from __future__ import annotations

import dataclasses
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from langsmith_client.environment.local import LocalEnvironment
from langsmith_client.errors import ClientError
from langsmith_client.fleet.entries import AgentEntry
from langsmith_client.fleet.members import Member
from langsmith_client.fleet.planner import Observed
from langsmith_client.git import GitState
from langsmith_client.identity import Identity
from langsmith_client.image.protocol import BuildRequest
from langsmith_client.image.publish import PublishedImage, build_request
from langsmith_client.image_reference import Repository
from langsmith_client.langgraph_json import LangGraphConfig
from langsmith_client.patience import Patience
from langsmith_client.processes import Finished
from langsmith_client.project import Project
from langsmith_client.source import SourceTree
from langsmith_client.target.protocol import Change, Deployment, Phase, Revision

NEW = "b" * 40
OLD = "a" * 40


def member(
    name: str,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    commit: str = NEW,
    dirty: tuple[str, ...] = (),
    **entry: Any,
) -> Member:
    """An agent as if it had been read from its folder."""
    folder = folder or Path("/fleet") / name
    config = LangGraphConfig(folder / "langgraph.json", {"graphs": {"chat": "./graph.py:graph"}})
    git = GitState(commit, 0, None, dirty, False)
    project = Project(name, "1.0", config, (), SourceTree((), ()), git)
    request = build_request(project, Repository("registry.example", f"agents/{name}"))
    return Member(AgentEntry(name, folder, ("dev",), **entry), request, LocalEnvironment(environment))


def image_of(one: Member, digit: str = "1") -> PublishedImage:
    """The image of a member as the registry has it."""
    return PublishedImage(one.request.image, f"sha256:{digit * 64}", reused=True)


class FakeFleet:
    """A target of many deployments.

    Attributes:
        made: Deployments by name.
        applied: Names in the order in which revisions were asked for.
        asked: What was asked: `list`, `newest NAME`, `find NAME`.
        broken: Names whose revisions fail.
        refusals: Name to the error `check` raises.
    """

    def __init__(self) -> None:
        self.made: dict[str, Deployment] = {}
        self.applied: list[str] = []
        self.changes: dict[str, Change] = {}
        self.asked: list[str] = []
        self.broken: set[str] = set()
        self.refusals: dict[str, ClientError] = {}
        self._lock = threading.Lock()

    def add(self, name: str, image: str, phase: Phase = Phase.DEPLOYED, **fields: Any) -> None:
        """Let a deployment exist."""
        revision = Revision(f"{name}-1", phase, phase.name, image)
        url = f"http://agents.example/{name}"
        self.made[name] = Deployment(f"id-{name}", name, {}, revision, url=url, **fields)

    def deployments(self) -> list[Deployment]:
        """All, without their newest revisions."""
        self.asked.append("list")
        return [dataclasses.replace(each, newest=None) for each in self.made.values()]

    def newest(self, deployment: Deployment) -> Revision | None:
        """One's newest revision."""
        self.asked.append(f"newest {deployment.name}")
        return self.made[deployment.name].newest

    def find(self, name: str) -> Deployment | None:
        """One with everything."""
        self.asked.append(f"find {name}")
        return self.made.get(name)

    def check(self, name: str, existing: Deployment | None) -> None:
        """Refuse if told to."""
        if name in self.refusals:
            raise self.refusals[name]

    def apply(self, change: Change) -> tuple[str, Revision]:
        """Make a revision that is deployed, or has failed, at once."""
        with self._lock:
            self.applied.append(change.name)
            self.changes[change.name] = change
            phase = Phase.FAILED if change.name in self.broken else Phase.DEPLOYED
            self.add(change.name, change.image, phase)
            made = dataclasses.replace(self.made[change.name].newest, id=f"{change.name}-2")  # type: ignore[type-var]
            self.made[change.name] = dataclasses.replace(self.made[change.name], newest=made)
            return f"id-{change.name}", made

    def revision(self, deployment_id: str, revision_id: str) -> Revision:
        """One revision."""
        return next(each.newest for each in self.made.values() if each.newest and each.newest.id == revision_id)

    def agent_headers(self, url: str) -> Mapping[str, str]:
        """Nothing."""
        return {}


class FakeIdentities:
    """Knows the images it was told about."""

    def __init__(self) -> None:
        self.known: dict[str | None, Identity] = {}

    def of(self, image: str | None) -> Identity:
        """What is known."""
        return self.known.get(image, Identity(problem="The registry no longer has it."))


@dataclasses.dataclass
class World:
    """What a plan is made from."""

    clock: Any
    outages: list[str] = dataclasses.field(default_factory=list)
    target: FakeFleet = dataclasses.field(default_factory=FakeFleet)
    identities: FakeIdentities = dataclasses.field(default_factory=FakeIdentities)
    images: dict[str, PublishedImage | ClientError] = dataclasses.field(default_factory=dict)
    git: Callable[..., Finished] = lambda argv, **options: Finished(1, b"", "no git here")

    def published(self, request: BuildRequest) -> PublishedImage | None:
        """The image of an agent, if there is one."""
        found = self.images.get(request.project.name)
        if isinstance(found, ClientError):
            raise found
        return found

    def settle(self, *members: Member, **fields: Any) -> None:
        """Let each have its image, and run it."""
        for one in members:
            image = image_of(one)
            self.images[one.name] = image
            self.target.add(one.name, image.by_digest, **fields)

    @property
    def observed(self) -> Observed:
        """As planning takes it."""
        patience = Patience(self.outages.append, self.clock, self.clock.sleep)
        return Observed(self.target, self.published, self.identities, patience, run=self.git)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises, also where the tests run in the background, whose processes ignore interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def world(clock: Any) -> World:
    """An empty target and registry."""
    return World(clock)


@pytest.fixture
def make_member() -> Callable[..., Member]:
    """Makes members."""
    return member
