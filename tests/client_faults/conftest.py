"""A whole deploy against the control plane of the sandbox on a real socket, with clocks that only tests move.

Real: the client's HTTP, retries and look-ups, the control plane's application and store, and the network between them.
Played: the image, which is there; the listener, which works between two looks of the client; the agent's pods.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import hashlib
import io
import itertools
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from langsmith_client.deploy import Wish, deploy
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import parse_reference
from langsmith_client.progress import JsonReporter
from langsmith_client.proof import prove
from langsmith_client.result import Result
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.control_plane import ControlPlaneTarget, Place
from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.endpoints import Endpoints
from langsmith_control_plane.secret import Secret
from langsmith_control_plane.transport import Transport
from langsmith_sandbox.control_plane import deployments, listeners, revisions, standing
from langsmith_sandbox.control_plane.access import Access
from langsmith_sandbox.control_plane.app import create_app
from langsmith_sandbox.control_plane.faults import Fault, Faults
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.records import Deployment, Revision, RevisionStatus
from langsmith_sandbox.control_plane.request_log import RequestLog
from langsmith_sandbox.control_plane.requests import ComputeConfig, ListenerCreate, RevisionCreate, StatusReport
from langsmith_sandbox.control_plane.store import Store

API_KEY = "lsv2_pt_canary_0123456789"
WORKSPACE = uuid.UUID("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
REPOSITORY = "registry.example/agents"
PATIENCE = 0.4  # seconds a client waits for one answer here; everything else about time is played


def image(number: int) -> PublishedImage:
    """An image that is in the registry."""
    digest = "sha256:" + hashlib.sha256(str(number).encode()).hexdigest()
    return PublishedImage(parse_reference(f"{REPOSITORY}:{number}"), digest, reused=True)


@dataclasses.dataclass
class World:
    """One control plane with one listener.

    Attributes:
        faults: What goes wrong on the way to it.
        works: Whether the listener takes up work.
        served: The revision that the pods of each deployment serve.
        agents: Where the agents answer.
        restart: Starts the control plane anew on what it has written down.
        stop: Ends it.
        happening: What else happens, one thing each time the client sleeps.
    """

    plane: Plane = dataclasses.field(init=False)
    faults: Faults = dataclasses.field(init=False)
    log: RequestLog = dataclasses.field(init=False)
    url: str = ""
    seconds: float = 0.0
    works: bool = True
    image = staticmethod(image)
    api_key = API_KEY
    workspace = str(WORKSPACE)
    listener_id: str = ""
    served: dict[str, str] = dataclasses.field(default_factory=dict)
    agents: str = "http://agents.example"
    restart: Callable[[], None] = lambda: None  # set where the world is made
    stop: Callable[[], None] = lambda: None
    happening: list[Callable[[], object]] = dataclasses.field(default_factory=list)
    _busy: str = ""
    _ids: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)

    @functools.cached_property
    def client(self) -> ControlPlaneClient:
        """A client whose pauses are played; one for all, since each reads the machine's certificates."""
        credentials = Credentials(Secret(API_KEY), str(WORKSPACE))
        transport = Transport(
            self.url, credentials, timeout=httpx2.Timeout(PATIENCE), sleep=self.sleep, jitter=lambda: 1.0
        )
        return ControlPlaneClient(Endpoints(self.url, "http://dashboard.example"), credentials, transport=transport)

    @property
    def target(self) -> ControlPlaneTarget:
        """The control plane as the commands see it."""
        return ControlPlaneTarget(self.client, Place(self.listener_id, "agents"), sleep=self.sleep)

    def deploy(
        self, name: str, number: int, *, publish: Callable[[], PublishedImage] | None = None, **wish: Any
    ) -> Result:
        """What `langsmith-client deploy` does, with the image of this number."""
        self._busy = name
        around = Surroundings(
            self.target, JsonReporter(io.StringIO()), prove=self.prove, clock=lambda: self.seconds, sleep=self.sleep
        )
        return deploy(Wish(name, **wish), publish or (lambda: image(number)), around)

    def sleep(self, seconds: float) -> None:
        """Let time pass; meanwhile the listener does its work."""
        self.seconds += seconds
        if self.happening:
            self.happening.pop(0)()
        if self.works:
            with self.plane.store.transaction():
                if found := self._find(self._busy):  # the others have nothing to do
                    self._work_on(found)

    def prove(self, url: str | None, revision_id: str, *, replicas: int) -> Any:
        """The real proof, from pods that serve what the listener last deployed."""
        return prove(
            url,
            revision_id,
            replicas=replicas,
            transport=httpx2.MockTransport(self._pod),
            clock=lambda: self.seconds,
            sleep=self.sleep,
        )

    def deployments(self) -> list[Deployment]:
        """All there are."""
        with self.plane.store.transaction():
            return list(standing.deployments(self.plane, WORKSPACE))

    def revisions(self, name: str) -> list[Revision]:
        """Those of one deployment, oldest first; none where there is no such deployment."""
        with self.plane.store.transaction():
            found = self._find(name)
            return list(standing.revisions(self.plane, found)) if found else []

    def revise(self, name: str, number: int) -> str:
        """Someone else makes a revision, without asking over the network."""
        body = RevisionCreate.model_validate({"source_revision_config": {"image_uri": image(number).by_digest}})
        (found,) = [each for each in self.deployments() if each.name == name]
        with self.plane.store.transaction():
            return str(deployments.revise(self.plane, WORKSPACE, found.id, body).id)

    def remove(self, name: str) -> None:
        """Someone else deletes a deployment, and it goes at once."""
        (found,) = [each for each in self.deployments() if each.name == name]
        with self.plane.store.transaction():
            standing.remove(self.plane, found)

    @contextlib.contextmanager
    def during(self, call: tuple[str, str], act: Callable[[], object], *, nth: int = 1) -> Iterator[None]:
        """Let `act` happen while the `nth` request that fits `call` is on its way to the control plane."""
        passing = self.faults.take
        trigger = Fault(method=call[0], path=call[1])
        count = itertools.count(1)

        def take(method: str, path: str) -> Fault | None:
            fault = passing(method, path)
            if trigger.fits(method, path) and next(count) == nth:
                act()
            return fault

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(self.faults, "take", take)
            yield

    def _find(self, name: str) -> Deployment | None:
        """One deployment, by an id that is known from before where possible: reading all of them takes its time."""
        if found := self.plane.store.deployments.get(self._ids.get(name), WORKSPACE):
            return found
        found = next((each for each in standing.deployments(self.plane, WORKSPACE) if each.name == name), None)
        if found:
            self._ids[name] = found.id
        return found

    def _work_on(self, found: Deployment) -> None:
        wanted = revisions.wanted(standing.revisions(self.plane, found), found.active_revision_id)
        if wanted is None or wanted.status is not RevisionStatus.AWAITING_DEPLOY:
            return
        for step in ("DEPLOYING", "DEPLOYED"):
            report = StatusReport.model_validate({"status": step, "url": f"{self.agents}/{found.name}"})
            deployments.report(self.plane, WORKSPACE, found.id, wanted.id, report)
        self.served[found.name] = str(wanted.id)

    def _pod(self, request: httpx2.Request) -> httpx2.Response:
        name, page = request.url.path.strip("/").split("/")
        if page == "ok":
            return httpx2.Response(200, json={"ok": True})
        return httpx2.Response(200, json={"host": {"host_revision_id": self.served.get(name)}})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty control plane with one listener."""
    with standing_world(tmp_path / "state") as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One control plane for all tests of a module that keep to names of their own."""
    with standing_world(tmp_path_factory.mktemp("shared")) as made:
        yield made


@pytest.fixture
def serve() -> Callable[[Any], contextlib.AbstractContextManager[str]]:
    """Serves an application on a real port for a while; gives its URL."""
    return on_a_socket


@pytest.fixture
def uri() -> Callable[[int], str]:
    """What a revision runs that was deployed with the image of a number."""
    return lambda number: image(number).by_digest


@contextlib.contextmanager
def standing_world(folder: Path) -> Iterator[World]:
    """A control plane on a socket, on a clock that only sleeping moves."""
    world = World()

    def start(port: int = 0) -> None:
        began = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
        access = Access({hashlib.sha256(API_KEY.encode()).hexdigest(): frozenset({WORKSPACE})})
        world.plane = Plane(Store(folder), access, clock=lambda: began + dt.timedelta(seconds=world.seconds))
        app = create_app(world.plane)
        world.faults, world.log = app.state.faults, app.state.request_log
        serving.callback(world.plane.store.close)
        world.url = serving.enter_context(on_a_socket(app, port))

    def restart() -> None:
        serving.close()
        start(int(world.url.rpartition(":")[2]))

    with contextlib.ExitStack() as serving:
        start()
        world.stop, world.restart = serving.close, restart
        body = ListenerCreate(
            compute_type="k8s", compute_id="cluster", compute_config=ComputeConfig(k8s_namespaces=["agents"])
        )
        with world.plane.store.transaction():
            world.listener_id = str(listeners.create(world.plane, WORKSPACE, body).id)
        yield world
        world.client.close()


@contextlib.contextmanager
def on_a_socket(app: Any, port: int = 0) -> Iterator[str]:
    """The application on a real loopback port, any one for 0; gives its URL."""
    # Only a socket that says it is TCP is served without Nagle's algorithm, which costs 40 ms an answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.005)
        assert server.started, "the server must come up"
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
