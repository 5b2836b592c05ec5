"""What a registry's answers mean, as errors a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from langsmith_client.errors import RegistryAccessError, RegistryError

if TYPE_CHECKING:
    from langsmith_client.image_reference import Repository


def is_passing(status: int) -> bool:
    """Whether the same request may succeed a little later."""
    return status == 429 or status >= 500


def unreachable(repository: Repository, error: Exception) -> RegistryError:
    """There was no answer at all."""
    return RegistryError(
        f"The registry {repository.host} cannot be reached ({type(error).__name__}).",
        "Check the name, the network and any proxy.",
    )


def check(answer: httpx2.Response, repository: Repository, action: str) -> None:
    """Accept a success.

    Raises:
        RegistryAccessError: Other credentials are needed.
        RegistryError: Anything else that is not a success.
    """
    if answer.status_code < 400:
        return
    said = _message(answer)
    if answer.status_code in {401, 403}:
        raise RegistryAccessError(
            f"The registry {repository.host} does not allow to {action} in {repository.path}{said}.",
            _login_remedy(repository),
            status=answer.status_code,
        )
    raise RegistryError(
        f"The registry {repository.host} answered {answer.status_code} to the wish to {action}{said}.",
        f"Check that the repository {repository.path} exists." if answer.status_code == 404 else "",
        status=answer.status_code,
    )


def _login_remedy(repository: Repository) -> str:
    if ".ecr." in repository.host or ".ecr-fips." in repository.host:
        return (
            "Provide AWS credentials that may push (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or with "
            "langsmith-client[ecr] any profile or role), or log in with docker."
        )
    return f"Log in with `docker login {repository.host}` as a user who may."


def _message(answer: httpx2.Response) -> str:
    try:
        first = answer.json()["errors"][0]
        return f" ({first['code']}: {first.get('message', '')})"
    except (ValueError, LookupError, TypeError):
        return ""
