"""Is there a key that may do this, for which workspace, and a listener that will take the agent?"""

from __future__ import annotations

import dataclasses
import stat
from typing import TYPE_CHECKING

from langsmith_client.connection import Connection
from langsmith_client.environment.departure import taken_away, told
from langsmith_client.target.control_plane import mapped, translation
from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.profiles import profiles_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from langsmith_client.connection import Sources
    from langsmith_client.doctor.examiner import Examiner
    from langsmith_control_plane.models import Deployment, Listener

# What LangSmith's keys begin with, by who they belong to.
_KINDS = {"lsv2_sk_": "a service key", "lsv2_pt_": "a personal token"}
_READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def connect(connection: Connection) -> ControlPlaneClient:
    """The real control plane."""
    return ControlPlaneClient(connection.host.value, connection.credentials())


@dataclasses.dataclass(frozen=True)
class Account:
    """What the control plane is asked about.

    Attributes:
        environ: The environment.
        name: The agent's deployment, None where no agent could be read.
        connect: Makes the client.
    """

    environ: Mapping[str, str]
    name: str | None = None
    connect: Callable[[Connection], ControlPlaneClient] = connect

    def examine(self, examiner: Examiner, sources: Sources) -> None:
        """Settings, key, workspace, control plane, the agent's deployment and its listener."""
        connection = self._settings(examiner, sources)
        client = examiner.attempt("API key", lambda: self.connect(connection)) if connection else None
        if client is None:
            return
        with client:
            listeners = examiner.attempt("control plane", lambda: _listeners(client), _reached)
            if listeners is not None:
                deployment = self._deployment(examiner, client)
                _listener(examiner, sources, listeners, deployment)

    def _settings(self, examiner: Examiner, sources: Sources) -> Connection | None:
        host = examiner.attempt(
            "address", sources.host, lambda found: f"{found.value.control_plane} (from {found.source})"
        )
        key = examiner.attempt(
            "API key", sources.api_key, lambda found: f"{_kind(found.value.reveal())} from {found.source}"
        )
        workspace = examiner.attempt("workspace", sources.workspace)
        if host is None or key is None:
            return None
        connection = Connection(host, key, workspace)
        if workspace is None:
            examiner.ok("workspace", "left to the key, which must belong to one workspace")
        elif workspace.source.startswith("the profile") and workspace.source != key.source:
            examiner.warn(
                "workspace",
                f"{connection.words()['workspace']}, while the API key is {connection.words()['API key']}",
                "Make sure that the key may act in this workspace, or take both from one place.",
            )
        else:
            examiner.ok("workspace", connection.words()["workspace"])
        self._check_permissions(examiner, key.source)
        return connection

    def _check_permissions(self, examiner: Examiner, source: str) -> None:
        path = profiles_file(self.environ)
        if source.startswith("the profile") and path.stat().st_mode & _READABLE_BY_OTHERS:
            examiner.warn("credentials file", f"{path} is open to other users", f"Close it with `chmod 600 {path}`.")

    def _deployment(self, examiner: Examiner, client: ControlPlaneClient) -> Deployment | None:
        if self.name is None:
            return None
        name = self.name

        def find() -> Deployment | None:
            with mapped():
                return next(iter(client.list_deployments(name=name)), None)

        found = examiner.attempt("deployment", find, lambda found: f"{name} {'exists' if found else 'will be new'}")
        if found and (gone := taken_away(translation.deployment(found, None, ""))):
            remedy = "A deploy sets what the agent's files have; look with `langsmith-client env diff`."
            examiner.warn("deployed environment", told(gone), remedy)
        return found


def _kind(key: str) -> str:
    return next((words for prefix, words in _KINDS.items() if key.startswith(prefix)), "a key")


def _listeners(client: ControlPlaneClient) -> Sequence[Listener]:
    with mapped():
        return client.list_listeners()


def _reached(listeners: Sequence[Listener]) -> str:
    return f"answers, and the key may list the workspace's listeners ({len(listeners)})"


def _listener(
    examiner: Examiner, sources: Sources, listeners: Sequence[Listener], deployment: Deployment | None
) -> None:
    """The listener of an existing deployment, which cannot move, else the target's."""
    wanted, namespace = sources.entry.listener_id, sources.entry.namespace
    if deployment is not None:
        config = deployment.source_config
        if wanted and config.listener_id and wanted != config.listener_id:
            examiner.fail(
                "listener",
                f"{deployment.name} is on the listener {config.listener_id}, and the target names {wanted}",
                "A deployment cannot move: delete it first, or deploy under another name.",
            )
            return
        wanted, namespace = config.listener_id or wanted, config.namespace or namespace
    known = ", ".join(f"{each.id} ({each.compute_id})" for each in listeners)
    found = next((each for each in listeners if each.id == wanted), None)
    if wanted is None:
        if listeners:
            examiner.ok("listener", f"none is named; the workspace has {known}")
        else:
            examiner.fail("listener", "the workspace has none", "Bring the hosting stack up: it registers one.")
    elif found is None:
        examiner.fail(
            "listener",
            f"there is no listener {wanted} in this workspace",
            f"Use one of {known or 'another workspace'}.",
        )
    elif namespace not in found.namespaces:
        examiner.fail(
            "listener",
            f"{found.compute_id} ({found.id}) has no namespace {namespace!r}",
            f"Use one of {', '.join(found.namespaces) or 'another listener'}.",
        )
    else:
        version = f", version {found.version}" if found.version else ""
        examiner.ok("listener", f"{found.compute_id} ({found.id}) has the namespace {namespace}{version}")
