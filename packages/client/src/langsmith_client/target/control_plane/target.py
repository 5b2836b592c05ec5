"""The LangSmith control plane as every protocol of a target."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from langsmith_client.errors import MissingError, PreflightError, TargetError
from langsmith_client.target.control_plane import translation
from langsmith_client.target.control_plane.errors import RefusedError, UnknownOutcomeError, mapped
from langsmith_client.target.control_plane.once import Write, newest_revision, once
from langsmith_client.target.control_plane.place import Place, check_place, check_unmoved
from langsmith_client.target.protocol import Phase, Revision
from langsmith_control_plane.logs import LogQuery
from langsmith_control_plane.models import RevisionStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langsmith_client.target.protocol import Change, Deployment, LogPage
    from langsmith_control_plane import models
    from langsmith_control_plane.client import ControlPlaneClient


class ControlPlaneTarget:
    """Deployments of one workspace.

    Args:
        client: Talks to the control plane.
        place: Needed to create; None is enough for everything else.
        sleep: Waits between look-ups after a lost answer; seconds.
    """

    def __init__(
        self, client: ControlPlaneClient, place: Place | None = None, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._place = place
        self._sleep = sleep
        self._looking = threading.Lock()
        self._place_is_there = False

    def check(self, name: str, existing: Deployment | None) -> None:
        """See `Target`: the listener exists, has the namespace, and is the one an existing deployment is on."""
        if self._place is None:
            if existing is None:
                raise _homeless(name)
            return
        with self._looking:  # all agents of a fleet go to one place, which has to be looked at once
            if not self._place_is_there:
                check_place(self._client, self._place)
                self._place_is_there = True
        if existing:
            check_unmoved(name, self._place, existing.place)

    def find(self, name: str) -> Deployment | None:
        """See `Target`."""
        with mapped():
            found = self._client.list_deployments(name=name)
        if not found:
            return None
        try:  # a list may leave out what the single answer holds, such as the environment
            with mapped():
                complete = self._client.get_deployment(found[0].id)
                return self._deployment(complete, newest_revision(self._client, complete))
        except MissingError:
            return None

    def apply(self, change: Change) -> tuple[str, Revision]:
        """See `Target`."""
        existing = change.existing
        send = (lambda: self._create(change)) if existing is None else (lambda: self._revise(change, existing))
        write = Write(change.name, existing, change.image, send, change.environment, change.references)
        return once(self._client, write, self._sleep)

    def revision(self, deployment_id: str, revision_id: str) -> Revision:
        """See `Target`."""
        with mapped():
            return translation.revision(self._client.get_revision(deployment_id, revision_id))

    def agent_headers(self, url: str) -> Mapping[str, str]:
        """See `Target`: agents ask for the same key as the control plane, unless their own code decides otherwise."""
        address = urlsplit(url)
        safe = address.scheme == "https" or address.hostname in {"localhost", "127.0.0.1", "::1"}
        return self._client.credentials.headers() if safe else {}

    def deployments(self) -> list[Deployment]:
        """See `Catalogue`: a list names no revision's status, so that `newest` stays open."""
        with mapped():
            return [self._deployment(each, None) for each in self._client.list_deployments()]

    def newest(self, deployment: Deployment) -> Revision | None:
        """See `Catalogue`."""
        found = self.revisions(deployment, limit=1)
        return found[0] if found else None

    def revisions(self, deployment: Deployment, *, limit: int) -> list[Revision]:
        """See `History`."""
        with mapped():
            return [translation.revision(each) for each in self._client.list_revisions(deployment.id, newest=limit)]

    def logs(
        self, deployment: Deployment, *, revision_id: str | None, limit: int, level: str | None, cursor: str | None
    ) -> LogPage:
        """See `LogSource`: what the control plane saw of the rollout; agents' own output stays in their cluster."""
        asked = LogQuery(limit, newest_first=True, level=level, offset=cursor)
        with mapped():
            if revision_id is None:
                return translation.log_page(self._client.deployment_logs(deployment.id, asked))
            return translation.log_page(self._client.revision_logs(deployment.id, revision_id, asked))

    def troubles(self, deployment: Deployment) -> tuple[str, ...]:
        """See `Caretaker`: a listener may be gone, or no longer have the namespace."""
        listener_id, namespace = deployment.place.get("listener"), deployment.place.get("namespace")
        if not listener_id or not namespace:  # a server may keep the namespace to itself
            return ()
        try:
            check_place(self._client, Place(listener_id, namespace))
        except PreflightError as error:
            return (error.what,)
        return ()

    def restore(self, deployment: Deployment, revision: Revision) -> tuple[str, Revision]:
        """See `Restorer`."""
        image = revision.image
        if image is None:
            raise TargetError(f"Revision {revision.id} does not say which image it ran.", "Choose another one.")
        write = Write(deployment.name, deployment, image, lambda: self._restore(deployment, revision, image))
        return once(self._client, write, self._sleep)

    def delete(self, deployment: Deployment, *, with_traces: bool) -> None:
        """See `Remover`."""
        with contextlib.suppress(MissingError), mapped():
            self._client.delete_deployment(deployment.id, delete_tracing_project=with_traces)

    def gone(self, deployment: Deployment) -> bool:
        """See `Remover`."""
        try:
            with mapped():
                self._client.get_deployment(deployment.id)
        except MissingError:
            return True
        return False

    def _create(self, change: Change) -> tuple[str, Revision]:
        if self._place is None:
            raise _homeless(change.name)
        made = self._client.create_deployment(
            change.name,
            image_uri=change.image,
            listener_id=self._place.listener_id,
            namespace=self._place.namespace,
            resource_spec=change.resources,
            secrets=translation.secrets(change) or (),
            secret_references=translation.references(change) or (),
        )
        return made.id, _first(made, change.image)

    def _revise(self, change: Change, existing: Deployment) -> tuple[str, Revision]:
        made = self._client.create_revision(
            existing.id,
            image_uri=change.image,
            resource_spec=change.resources,
            secrets=translation.secrets(change),
            secret_references=translation.references(change),
        )
        return existing.id, translation.revision(made)

    def _restore(self, deployment: Deployment, revision: Revision, image: str) -> tuple[str, Revision]:
        """`redeploy`, which runs what the control plane remembers; else a new revision of the image.

        The answer is the deployment, and whether it has a new revision is documented nowhere: where it has none, or
        the server does not know the call or the revision any more, the image is deployed the ordinary way.
        """
        before = deployment.newest.id if deployment.newest else None
        with contextlib.suppress(MissingError, RefusedError), mapped():
            answer = self._client.redeploy(deployment.id, revision.id)
            if answer.latest_revision_id != before and answer.image_uri == image:
                return deployment.id, _first(answer, image)
        made = self._client.create_revision(deployment.id, image_uri=image)
        return deployment.id, translation.revision(made)

    def _deployment(self, found: models.Deployment, newest: Revision | None) -> Deployment:
        page = self._client.endpoints.deployment_page(found.tenant_id, found.id)
        return translation.deployment(found, newest, page)


def _first(made: models.Deployment, image: str) -> Revision:
    """The revision an answer about its deployment tells of, as it is at first.

    Raises:
        UnknownOutcomeError: The answer names none, so that it has to be looked for.
    """
    if made.latest_revision_id is None:
        raise UnknownOutcomeError(f"The control plane did not say which revision of {made.name} it made.")
    return Revision(made.latest_revision_id, Phase.PENDING, str(RevisionStatus.CREATING), image)


def _homeless(name: str) -> PreflightError:
    return PreflightError(f"{name} does not exist yet.", "Say where: --listener-id and --k8s-namespace.")
