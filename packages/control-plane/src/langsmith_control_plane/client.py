"""The control plane as typed operations on listeners, deployments and revisions."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from langsmith_control_plane import deployment_calls, listener_calls, log_calls
from langsmith_control_plane.calls import Call
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.endpoints import Endpoints, resolve
from langsmith_control_plane.errors import ControlPlaneError, NotFoundError, UnexpectedAnswerError
from langsmith_control_plane.logs import LogPage, LogQuery
from langsmith_control_plane.models import Deployment, Listener, Revision, SecretReference, SecretVariable
from langsmith_control_plane.paging import PAGE_SIZE, pages
from langsmith_control_plane.transport import Transport

_NO_SUCH_ENDPOINT = frozenset({404, 405})  # 404 also answers for a revision that is not there


class ControlPlaneClient:
    """Client of one workspace's control plane; safe to share between threads.

    Every method raises a `ControlPlaneError`: the subclasses by status that `errors` lists, `ServerUnavailableError`
    where the server could not be asked, and, for what must not be sent twice, `LostAnswerError` where the outcome is
    unknown. Lists are read to their end.

    Args:
        endpoints: Where the control plane is.
        credentials: Who asks.
        transport: What sends the calls; by default HTTP to ``endpoints``.
    """

    def __init__(self, endpoints: Endpoints, credentials: Credentials, *, transport: Transport | None = None) -> None:
        self.endpoints = endpoints
        self.credentials = credentials
        self._transport = transport or Transport(endpoints.control_plane, credentials)

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] = os.environ, *, host_url: str | None = None
    ) -> ControlPlaneClient:
        """The client the official variables describe.

        Raises:
            EndpointError: The URL is not a control plane's.
            CredentialsError: There is no usable API key.
        """
        return cls(resolve(host_url, environ), Credentials.from_environment(environ))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def list_listeners(self) -> tuple[Listener, ...]:
        """Every listener of the workspace."""
        return tuple(Listener.from_json(each) for each in self._pages(listener_calls.list_listeners()))

    def get_listener(self, listener_id: str) -> Listener:
        """One listener."""
        return Listener.from_json(self._object(listener_calls.get_listener(listener_id)))

    def create_listener(self, compute_id: str, namespaces: Sequence[str], *, version: str | None = None) -> Listener:
        """Register a cluster; `ConflictError` where its ``compute_id`` is registered already."""
        return Listener.from_json(self._object(listener_calls.create_listener(compute_id, namespaces, version)))

    def patch_listener(
        self, listener_id: str, *, namespaces: Sequence[str] | None = None, version: str | None = None
    ) -> Listener:
        """Replace a listener's namespaces, its version, or both; None leaves as is."""
        return Listener.from_json(self._object(listener_calls.patch_listener(listener_id, namespaces, version)))

    def delete_listener(self, listener_id: str) -> None:
        """Remove a listener; `NotFoundError` where it is gone, possibly by an earlier try of this very call."""
        self._transport.send(listener_calls.delete_listener(listener_id))

    def list_deployments(self, *, name: str | None = None, listener_id: str | None = None) -> tuple[Deployment, ...]:
        """The workspace's deployments: all, or those of exactly this name or on this listener."""
        found = (Deployment.from_json(each) for each in self._pages(deployment_calls.list_deployments(name)))
        return tuple(
            each
            for each in found
            if (name is None or each.name == name)
            and (listener_id is None or each.source_config.listener_id == listener_id)
        )

    def get_deployment(self, deployment_id: str) -> Deployment:
        """One deployment; keeps answering while it is being deleted, then raises `NotFoundError`."""
        return Deployment.from_json(self._object(deployment_calls.get_deployment(deployment_id)))

    def create_deployment(
        self,
        name: str,
        *,
        image_uri: str,
        listener_id: str | None = None,
        namespace: str | None = None,
        resource_spec: Mapping[str, Any] | None = None,
        secrets: Sequence[SecretVariable] = (),
        secret_references: Sequence[SecretReference] = (),
    ) -> Deployment:
        """Create a deployment of an image, with its first revision (``latest_revision_id``)."""
        call = deployment_calls.create_deployment(
            name,
            image_uri=image_uri,
            listener_id=listener_id,
            namespace=namespace,
            resource_spec=resource_spec,
            secrets=secrets,
            secret_references=secret_references,
        )
        return Deployment.from_json(self._object(call))

    def patch_deployment(
        self,
        deployment_id: str,
        *,
        image_uri: str | None = None,
        custom_url: str | None = None,
        resource_spec: Mapping[str, Any] | None = None,
        secrets: Sequence[SecretVariable] | None = None,
        secret_references: Sequence[SecretReference] | None = None,
    ) -> Deployment:
        """Change a deployment; None leaves as is.

        An image, variables or a ``resource_spec`` create a revision: prefer `create_revision`, which says which.
        ``resource_spec`` and non-empty ``secrets`` replace what was there whole; empty ``secrets`` change nothing;
        empty ``secret_references`` clear.
        """
        call = deployment_calls.patch_deployment(
            deployment_id,
            image_uri=image_uri,
            custom_url=custom_url,
            resource_spec=resource_spec,
            secrets=secrets,
            secret_references=secret_references,
        )
        return Deployment.from_json(self._object(call))

    def delete_deployment(self, deployment_id: str, *, delete_tracing_project: bool = False) -> None:
        """Ask for a deployment's removal, which takes a while: poll `get_deployment` until `NotFoundError`."""
        self._transport.send(
            deployment_calls.delete_deployment(deployment_id, delete_tracing_project=delete_tracing_project)
        )

    def list_revisions(self, deployment_id: str, *, newest: int | None = None) -> tuple[Revision, ...]:
        """A deployment's revisions, newest first: all, or the ``newest`` so many."""
        size = min(newest, PAGE_SIZE) if newest else PAGE_SIZE
        found = self._pages(deployment_calls.list_revisions(deployment_id), page_size=size)
        return tuple(Revision.from_json(each) for each in itertools.islice(found, newest))

    def get_revision(self, deployment_id: str, revision_id: str) -> Revision:
        """One revision; it may be pruned (`NotFoundError`) while its deployment lives on."""
        return Revision.from_json(self._object(deployment_calls.get_revision(deployment_id, revision_id)))

    def create_revision(
        self,
        deployment_id: str,
        *,
        image_uri: str,
        resource_spec: Mapping[str, Any] | None = None,
        secrets: Sequence[SecretVariable] | None = None,
        secret_references: Sequence[SecretReference] | None = None,
    ) -> Revision:
        """Create a revision and return it; replaces and clears like `patch_deployment`."""
        call = deployment_calls.create_revision(
            deployment_id,
            image_uri=image_uri,
            resource_spec=resource_spec,
            secrets=secrets,
            secret_references=secret_references,
        )
        return Revision.from_json(self._object(call))

    def redeploy(self, deployment_id: str, revision_id: str) -> Deployment:
        """Deploy a revision once more; the server answers with the deployment."""
        return Deployment.from_json(self._object(deployment_calls.redeploy(deployment_id, revision_id)))

    def interrupt(self, deployment_id: str, revision_id: str) -> None:
        """Stop a revision that has not ended; what the data plane then does with it is not documented."""
        self._transport.send(deployment_calls.interrupt(deployment_id, revision_id))

    def revision_logs(self, deployment_id: str, revision_id: str, asked: LogQuery) -> LogPage:
        """One page of a revision's deploy log, from the older endpoint where the server lacks the present one."""
        try:
            return LogPage.from_json(self._object(log_calls.revision_logs(deployment_id, revision_id, asked)))
        except ControlPlaneError as error:
            if error.status not in _NO_SUCH_ENDPOINT:
                raise
            try:
                older = self._object(log_calls.older_revision_logs(deployment_id, revision_id, asked))
            except NotFoundError:
                raise error from None
            return LogPage.from_json(older)

    def deployment_logs(self, deployment_id: str, asked: LogQuery) -> LogPage:
        """One page of the deploy log of all revisions of a deployment."""
        return LogPage.from_json(self._object(log_calls.deployment_logs(deployment_id, asked)))

    def _pages(self, call: Call, *, page_size: int = PAGE_SIZE) -> Iterator[dict[str, Any]]:
        return pages(self._transport.send, call, page_size=page_size)

    def _object(self, call: Call) -> dict[str, Any]:
        answer = self._transport.send(call)
        if not isinstance(answer, dict):
            raise UnexpectedAnswerError(
                f"{call.method} {call.path} was not answered with an object.", method=call.method, path=call.path
            )
        return answer
