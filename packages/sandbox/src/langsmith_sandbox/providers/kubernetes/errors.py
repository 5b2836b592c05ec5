"""What can go wrong between the provider and a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.plugin import ProviderError

if TYPE_CHECKING:
    from collections.abc import Mapping


class KubeconfigError(ProviderError):
    """The kubeconfig is missing, unreadable or names something it does not hold."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the kubeconfig cannot be used: {problem}.",
            "Check the provider's `kubeconfig` and `context`, or the file that KUBECONFIG names.",
        )


class CredentialError(ProviderError):
    """The kubeconfig's credential plugin gave no token."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the cluster's credential plugin failed: {problem}.",
            "Run the `exec` command of the kubeconfig by hand and put right what it reports.",
        )


class ClusterUnreachableError(ProviderError):
    """Nothing answers at the API server's address."""

    def __init__(self, server: str, cause: str) -> None:
        super().__init__(
            f"configured Kubernetes cluster is unreachable: {server}: {cause}.",
            "If the cluster was deleted, set PULUMI_K8S_DELETE_UNREACHABLE=true (or the provider's"
            " `deleteUnreachable`) to drop its objects from the state.",
        )


class RefusedError(ProviderError):
    """The API server answered with an error.

    Attributes:
        status: The HTTP status.
        reason: The reason in the API's own words, as ``NotFound`` or ``Conflict``.
    """

    def __init__(self, action: str, status: int, answer: Mapping[str, Any]) -> None:
        self.status = status
        self.reason = str(answer.get("reason") or f"HTTP {status}")
        message = str(answer.get("message") or "no message was given").rstrip(".")
        super().__init__(
            f"{action} was refused by the Kubernetes API server ({self.reason}): {message}.", _remedy(self)
        )


class UnknownKindError(ProviderError):
    """The cluster serves no such kind, or not yet."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(
            f'no matches for kind "{kind}" in version "{api_version}".',
            "Install the chart or CustomResourceDefinition that brings it first, and depend on it.",
        )


class AlreadyExistsError(ProviderError):
    """An object of that name is there, and nothing says that it is ours."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} already exists in the cluster.",
            "Import it, give the resource another name, or set the provider's `upsertExistingObjects`.",
        )


class NotReadyError(ProviderError):
    """An object did not become ready; `live` is how it was seen last."""

    def __init__(self, what: str, why: str, live: dict[str, Any]) -> None:
        super().__init__(f"{what} is not ready: {why}.", "Look at its events and Pods with kubectl, then run up again.")
        self.live = live


class NotDeletedError(ProviderError):
    """An object outlived its deletion."""

    def __init__(self, what: str, seconds: float, finalizers: list[str]) -> None:
        held = f"; its finalizers are {', '.join(finalizers)}" if finalizers else ""
        super().__init__(
            f"{what} still exists {seconds:.0f} s after it was deleted{held}.",
            "Find out what holds it with kubectl, or give the resource a longer delete timeout.",
        )


class UnsupportedError(ProviderError):
    """Something the official plugin can do and this one cannot."""

    def __init__(self, what: str, instead: str = "Use plain resources or helm.sh/v3 Release.") -> None:
        super().__init__(f"{what} is not supported by the stand-in of the Kubernetes provider.", instead)


class HelmError(ProviderError):
    """The helm command failed."""


def _remedy(refusal: RefusedError) -> str:
    match refusal.status:
        case 401:
            return "The cluster does not know this identity: check the credentials and the cluster's access entries."
        case 403:
            return "Give this identity the permission, through an access entry or RBAC."
        case 409 if refusal.reason == "Conflict":
            return (
                "Another field manager set these fields: leave them out of the program, or take them over with the"
                ' annotation `pulumi.com/patchForce: "true"`.'
            )
        case 422 | 400:
            return "Correct the fields it names."
        case _:
            return "Correct the resource, or try again if the cluster was busy."
