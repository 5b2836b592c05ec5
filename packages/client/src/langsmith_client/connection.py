"""Who asks, and which control plane: one order of precedence for every setting, and where each value came from.

Flags; the target of langsmith.toml that a flag names; the profile that a flag or that target names; the environment;
the profile LangSmith's tools use by default; the default region. What someone names for this one command stands before
the environment, which may be left over from another: `--target prod` must mean prod in every shell.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from langsmith_client.errors import SettingsError, TargetAccessError
from langsmith_control_plane import endpoints
from langsmith_control_plane.credentials import API_KEY_VARIABLES, WORKSPACE_VARIABLES, Credentials
from langsmith_control_plane.endpoints import ENDPOINT_VARIABLE, HOST_URL_VARIABLE, Endpoints
from langsmith_control_plane.errors import ControlPlaneError, CredentialsError
from langsmith_control_plane.profiles import Profile, load_profile, profiles_file
from langsmith_control_plane.secret import Secret

if TYPE_CHECKING:
    from langsmith_client.langsmith_toml import TargetEntry
    from langsmith_client.where import Where

_DEFAULT_REGION = "us"
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Setting(Generic[T]):
    """A value, and in words where it came from."""

    value: T
    source: str


@dataclasses.dataclass(frozen=True)
class Connection:
    """All it takes to ask a control plane.

    Attributes:
        host: The control plane.
        api_key: The key; its source is all of it that is ever shown.
        workspace: UUID of the workspace, None to leave it to the key.
    """

    host: Setting[Endpoints]
    api_key: Setting[Secret]
    workspace: Setting[str] | None

    def credentials(self) -> Credentials:
        """As a control-plane client takes them.

        Raises:
            TargetAccessError: They cannot be sent.
        """
        with _mapped():
            return Credentials(self.api_key.value, self.workspace.value if self.workspace else None)

    def words(self) -> dict[str, str]:
        """Each setting with its source, for people."""
        workspace = f"{self.workspace.value} (from {self.workspace.source})" if self.workspace else "left to the key"
        return {
            "control plane": f"{self.host.value.control_plane} (from {self.host.source})",
            "API key": f"from {self.api_key.source}",
            "workspace": workspace,
        }


class Sources:
    """Everything that may say where to act, asked in order.

    Args:
        where: The flags.
        environ: The environment.

    Raises:
        ProjectError: The target cannot be read from langsmith.toml.
        TargetAccessError: The profile that was named does not exist.
    """

    def __init__(self, where: Where, environ: Mapping[str, str]) -> None:
        self._where = where
        self._environ = environ
        self.entry: TargetEntry = where.entry()
        # A machine without the file, as in CI, logs in by its environment where people use the target's profile.
        of_target = self.entry.profile if profiles_file(environ).exists() else None
        named = where.profile or of_target
        with _mapped():
            self._named = load_profile(environ, named) if named else None

    def host(self) -> Setting[Endpoints]:
        """The control plane.

        Raises:
            SettingsError: What names it is not an address of one.
        """
        with _mapped():
            for value, source, read in self._hosts():
                if value:
                    return Setting(read(value, source), source)
            return Setting(endpoints.of_region(_DEFAULT_REGION), "the default")

    def api_key(self) -> Setting[Secret]:
        """The key.

        Raises:
            TargetAccessError: There is none, or it is none that could be sent.
        """
        with _mapped():
            for value, source in self._api_keys():
                if value:
                    return Setting(Credentials(value).api_key, source)
        raise TargetAccessError("No LangSmith API key is set.", self._way_to_a_key())

    def workspace(self) -> Setting[str] | None:
        """The workspace, None where nothing names one."""
        with _mapped():
            return next((Setting(value, source) for value, source in self._workspaces() if value), None)

    def connection(self) -> Connection:
        """All three of them; errors as theirs."""
        found = Connection(self.host(), self.api_key(), self.workspace())
        for name, words in found.words().items():
            _log.info("%s: %s", name, words)
        return found

    def _hosts(self) -> Iterator[tuple[str | None, str, Callable[[str, str], Endpoints]]]:
        yield self._where.host_url, "--host-url", endpoints.from_host_url
        yield self._where.region, "--region", lambda region, _: endpoints.of_region(region)
        yield self.entry.host_url, self._target, endpoints.from_host_url
        if self._named:
            yield self._named.api_url, _words(self._named), endpoints.from_api_endpoint
        yield self._environ.get(HOST_URL_VARIABLE), HOST_URL_VARIABLE, endpoints.from_host_url
        yield self._environ.get(ENDPOINT_VARIABLE), ENDPOINT_VARIABLE, endpoints.from_api_endpoint
        if self._ambient:
            yield self._ambient.api_url, _words(self._ambient), endpoints.from_api_endpoint

    def _api_keys(self) -> Iterator[tuple[Secret | None, str]]:
        if self._named:
            yield self._named.api_key(self._environ), _words(self._named)
        for variable in API_KEY_VARIABLES:
            yield Secret(self._environ.get(variable, "").strip()), variable
        if self._ambient:
            yield self._ambient.api_key(self._environ), _words(self._ambient)

    def _workspaces(self) -> Iterator[tuple[str | None, str]]:
        yield self.entry.workspace_id, self._target
        if self._named:
            yield self._named.workspace_id, _words(self._named)
        for variable in WORKSPACE_VARIABLES:
            yield self._environ.get(variable, "").strip(), variable
        if self._ambient:
            yield self._ambient.workspace_id, _words(self._ambient)

    def _way_to_a_key(self) -> str:
        if self.entry.profile and not self._named:
            missing = f"{profiles_file(self._environ)} with the profile {self.entry.profile!r} that the target names"
            return f"Set LANGSMITH_API_KEY, or make {missing}."
        return "Set LANGSMITH_API_KEY, or name a profile that has one."

    @property
    def _target(self) -> str:
        return f"the target {self.entry.name} in langsmith.toml"

    @functools.cached_property
    def _ambient(self) -> Profile | None:
        """The profile nobody named. It is not looked for beside a named one: two logins would be mixed."""
        return None if self._named else load_profile(self._environ)


def _words(profile: Profile) -> str:
    return f"the profile {profile.name} in {profile.path}"


@contextlib.contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except CredentialsError as error:
        raise TargetAccessError(error.what, error.remedy) from error
    except ControlPlaneError as error:
        raise SettingsError(error.what, error.remedy) from error
