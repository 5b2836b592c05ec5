"""The LangSmith control plane as a target: deployments on a listener and one of its namespaces."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from typing import TYPE_CHECKING

from langsmith_client.errors import (
    ConflictError,
    PreflightError,
    ProjectError,
    TargetAccessError,
    TargetError,
    TargetUnavailableError,
)
from langsmith_client.target.protocol import Change, Deployment, Phase, Revision
from langsmith_control_plane import errors as api_errors
from langsmith_control_plane import models
from langsmith_control_plane.models import RevisionStatus, SecretVariable
from langsmith_control_plane.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langsmith_control_plane.client import ControlPlaneClient

_LOOKUPS = 5
_FIRST_PAUSE = 1.0  # seconds, doubled at each look-up
_PHASES = {
    RevisionStatus.DEPLOYED: Phase.DEPLOYED,
    RevisionStatus.CREATE_FAILED: Phase.FAILED,
    RevisionStatus.BUILD_FAILED: Phase.FAILED,
    RevisionStatus.DEPLOY_FAILED: Phase.FAILED,
    RevisionStatus.SKIPPED: Phase.SUPERSEDED,
    RevisionStatus.INTERRUPTED: Phase.INTERRUPTED,
}


@dataclasses.dataclass(frozen=True)
class Place:
    """Where new deployments go: a listener's id and a Kubernetes namespace it watches."""

    listener_id: str
    namespace: str

    @classmethod
    def of(cls, listener_id: str | None, namespace: str | None) -> Place | None:
        """The place two optional flags name; None when neither is given.

        Raises:
            ProjectError: Only one of them is given.
        """
        if listener_id and namespace:
            return cls(listener_id, namespace)
        if listener_id or namespace:
            raise ProjectError(["--listener-id and --k8s-namespace go together."], "Give both, or neither.")
        return None

    def words(self) -> dict[str, str]:
        """As `Deployment.place` has it."""
        return {"listener": self.listener_id, "namespace": self.namespace}


class ControlPlaneTarget:
    """Deployments of one workspace.

    Args:
        client: Talks to the control plane.
        place: Needed to create; None is enough to look and to delete.
        sleep: Waits between look-ups after a lost answer; seconds.
    """

    def __init__(
        self, client: ControlPlaneClient, place: Place | None = None, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._place = place
        self._sleep = sleep

    def check(self, name: str, existing: Deployment | None) -> None:
        """See `Target`: the listener exists, has the namespace, and is the one an existing deployment is on."""
        if self._place is None:
            if existing is None:
                raise PreflightError(f"{name} does not exist yet.", "Say where: --listener-id and --k8s-namespace.")
            return
        listener = self._listener(self._place.listener_id)
        if self._place.namespace not in listener.namespaces:
            raise PreflightError(
                f"The listener {listener.compute_id} ({listener.id}) has no namespace {self._place.namespace!r}.",
                f"Use one of its namespaces: {', '.join(listener.namespaces) or 'it has none'}.",
            )
        wanted = self._place.words()
        moved = [key for key, value in (existing.place if existing else {}).items() if wanted.get(key) != value]
        if existing and moved:
            raise PreflightError(
                f"{name} exists elsewhere: " + ", ".join(f"{key} {existing.place[key]}" for key in moved) + ".",
                "A deployment cannot move: deploy to where it is, delete it first, or use another --name.",
            )

    def _listener(self, listener_id: str) -> models.Listener:
        try:
            with mapped():
                return self._client.get_listener(listener_id)
        except _MissingError as error:
            with mapped():
                known = ", ".join(f"{each.id} ({each.compute_id})" for each in self._client.list_listeners())
            raise PreflightError(
                error.what, f"Use one of the workspace's listeners: {known}." if known else "Register a listener first."
            ) from error

    def find(self, name: str) -> Deployment | None:
        """See `Target`."""
        with mapped():
            found = self._client.list_deployments(name=name)
            if not found:
                return None
            try:  # a list may leave out what the single answer holds, such as the environment
                return self._deployment(self._client.get_deployment(found[0].id))
            except api_errors.NotFoundError:
                return None

    def apply(self, change: Change) -> tuple[str, Revision]:
        """See `Target`."""
        for _ in range(_LOOKUPS):
            try:
                with mapped():
                    return self._create(change) if change.existing is None else self._revise(change, change.existing)
            except _UnknownOutcomeError:
                if done := self._look_up(change):
                    return done
        raise TargetUnavailableError(
            f"The control plane lost every answer about {change.name}, and none of the requests took effect.",
            "Try again later.",
        )

    def revision(self, deployment_id: str, revision_id: str) -> Revision:
        """See `Target`."""
        with mapped():
            return _revision(self._client.get_revision(deployment_id, revision_id))

    def delete(self, deployment: Deployment, *, with_traces: bool) -> None:
        """See `Remover`."""
        with mapped(), contextlib.suppress(api_errors.NotFoundError):
            self._client.delete_deployment(deployment.id, delete_tracing_project=with_traces)

    def gone(self, deployment: Deployment) -> bool:
        """See `Remover`."""
        try:
            with mapped():
                self._client.get_deployment(deployment.id)
        except _MissingError:
            return True
        return False

    def _create(self, change: Change) -> tuple[str, Revision]:
        if self._place is None:
            raise PreflightError(f"{change.name} does not exist yet.", "Say where: --listener-id and --k8s-namespace.")
        made = self._client.create_deployment(
            change.name,
            image_uri=change.image,
            listener_id=self._place.listener_id,
            namespace=self._place.namespace,
            resource_spec=change.resources,
            secrets=_secrets(change) or (),
        )
        newest = self._newest(made)
        if newest is None:
            raise TargetError(f"The control plane created {change.name} without a revision.", "Report it to LangChain.")
        return made.id, newest

    def _revise(self, change: Change, existing: Deployment) -> tuple[str, Revision]:
        made = self._client.create_revision(
            existing.id, image_uri=change.image, resource_spec=change.resources, secrets=_secrets(change)
        )
        return existing.id, _revision(made)

    def _look_up(self, change: Change) -> tuple[str, Revision] | None:
        """What a request whose answer was lost has made, if anything.

        A newest revision that was not there before and has our image is ours: a concurrent run with the same image
        would have asked for the same thing.
        """
        before = change.existing.newest.id if change.existing and change.existing.newest else None
        for attempt in range(_LOOKUPS):
            self._sleep(_FIRST_PAUSE * 2**attempt)
            try:
                found = self.find(change.name)
            except TargetUnavailableError:
                continue
            if found is None or (found.newest and found.newest.id == before):
                return None
            if found.newest is None:
                continue
            if found.newest.image == change.image:
                return found.id, found.newest
            raise ConflictError(
                f"Another deploy of {change.name} made the revision {found.newest.id} at the same time.",
                "Wait for it, then run the command again.",
            )
        raise TargetUnavailableError(
            f"The control plane's answer about {change.name} was lost, and it does not say what became of the request.",
            "Run the command again when it is back: it finds out and goes on from there.",
        )

    def _deployment(self, found: models.Deployment) -> Deployment:
        config = found.source_config
        return Deployment(
            id=found.id,
            name=found.name,
            # A server may keep the namespace to itself.
            place={
                key: value
                for key, value in {"listener": config.listener_id, "namespace": config.namespace}.items()
                if value
            },
            newest=self._newest(found),
            environment={each.name: each.value.reveal() if each.value else None for each in found.secrets},
            resources=config.resource_spec or {},
            url=config.custom_url,
            deleting=found.deleting,
        )

    def _newest(self, found: models.Deployment) -> Revision | None:
        if found.latest_revision_id:
            return _revision(self._client.get_revision(found.id, found.latest_revision_id))
        revisions = self._client.list_revisions(found.id, newest=1)
        return _revision(revisions[0]) if revisions else None


def _revision(found: models.Revision) -> Revision:
    known = {str(status): phase for status, phase in _PHASES.items()}
    return Revision(found.id, known.get(found.status, Phase.PENDING), found.status, found.image_uri, found.message)


def _secrets(change: Change) -> list[SecretVariable] | None:
    if change.environment is None:
        return None
    return [SecretVariable(name, Secret(value)) for name, value in change.environment.items()]


class _MissingError(TargetError):
    """404."""


class _UnknownOutcomeError(TargetUnavailableError):
    """The request may or may not have taken effect."""


@contextlib.contextmanager
def mapped() -> Iterator[None]:
    """The one place where errors of the control-plane client become ours."""
    try:
        yield
    except api_errors.ControlPlaneError as error:
        raise _as_ours(error) from error


def _as_ours(error: api_errors.ControlPlaneError) -> TargetError:
    match error:
        case api_errors.UnauthorizedError() | api_errors.ForbiddenError() | api_errors.CredentialsError():
            return TargetAccessError(error.what, error.remedy)
        case api_errors.ConflictError():
            return ConflictError(error.what, error.remedy)
        case api_errors.NotFoundError():
            return _MissingError(error.what, error.remedy)
        case api_errors.UnreachableError() | api_errors.RateLimitedError():
            return TargetUnavailableError(error.what, error.remedy)
        case api_errors.LostAnswerError() | api_errors.ServerUnavailableError():
            return _UnknownOutcomeError(error.what, error.remedy)
        case _:
            return TargetError(error.what, error.remedy)
