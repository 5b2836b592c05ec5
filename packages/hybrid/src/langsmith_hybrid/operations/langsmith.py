"""The LangSmith workspace a stack belongs to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from langsmith_hybrid.operations.errors import AccessError, LangSmithError, StackError

if TYPE_CHECKING:
    from langsmith_control_plane.client import ControlPlaneClient
    from langsmith_hybrid.operations.hosting_stack import StackConfig


@contextlib.contextmanager
def workspace_of(config: StackConfig) -> Iterator[ControlPlaneClient]:
    """A client of the workspace, with the stack's own key; errors of the control plane become ours.

    Raises:
        StackError: The stack has no API key, or names no control plane.
        AccessError: The key does not open the workspace.
        LangSmithError: The control plane refuses something else, or does not answer.
    """
    from langsmith_control_plane import endpoints, errors
    from langsmith_control_plane.client import ControlPlaneClient
    from langsmith_control_plane.credentials import Credentials

    key = config.api_key
    if key is None:
        raise StackError("The stack has no LangSmith API key.", "Run `pulumi config set --secret langsmithApiKey`.")
    try:
        where = endpoints.from_host_url(control_plane_url(config), "The stack's control plane")
        with ControlPlaneClient(where, Credentials(key, config.plain.get("langsmithWorkspaceId"))) as client:
            yield client
    except (errors.CredentialsError, errors.UnauthorizedError, errors.ForbiddenError) as error:
        raise AccessError(error.what, error.remedy) from None
    except errors.EndpointError as error:
        raise StackError(error.what, "Correct langsmithHostUrl or langsmithRegion in the stack file.") from None
    except errors.ControlPlaneError as error:
        raise LangSmithError(error.what, error.remedy) from None


def control_plane_url(config: StackConfig) -> str:
    """Where the stack's control plane is: ``langsmithHostUrl``, else that of ``langsmithRegion``.

    Raises:
        StackError: The stack names neither.
    """
    from langsmith_hybrid.langsmith_regions import REGIONS

    if url := config.plain.get("langsmithHostUrl"):
        return url
    region = config.plain.get("langsmithRegion", "us")
    if region not in REGIONS:
        raise StackError(
            f"The stack's langsmithRegion is {region}, which says no address.", "Set langsmithHostUrl as well."
        )
    return REGIONS[region].control_plane
