"""What runs behind databases and caches: the port to the supervisor, and a stand-in for when there is none."""

from __future__ import annotations

import dataclasses
import logging
from typing import Protocol

from langsmith_sandbox.aws.runtime import SupervisorRuntime
from langsmith_sandbox.stores.wanted import WantedStore

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class ServerReport:
    """What is known of a server.

    Attributes:
        status: CREATING, AVAILABLE or FAILED.
        address: Where it listens; empty until it does.
        port: On which port.
        message: Why it failed, for people.
    """

    status: str
    address: str = ""
    port: int = 0
    message: str = ""


class StoreServers(Protocol):
    """Runs servers. Every method is idempotent and returns at once; progress shows in :meth:`report`."""

    def keep(self, name: str, wanted: WantedStore) -> None:
        """Have it there, and let in who is wanted."""
        ...

    def report(self, name: str) -> ServerReport | None:
        """None where there is none."""
        ...

    def drop(self, name: str) -> None: ...


class NoServers:
    """Nothing behind the endpoints: for the emulator on its own, and for every replay of its journal."""

    def keep(self, name: str, wanted: WantedStore) -> None:
        """Nothing runs."""

    def report(self, name: str) -> ServerReport | None:  # noqa: ARG002 - there is none of any name
        return None

    def drop(self, name: str) -> None:
        """Nothing runs."""


class SupervisorServers:
    """Real servers, run by the world's supervisor."""

    def __init__(self, supervisor: SupervisorRuntime) -> None:
        self._supervisor = supervisor

    def keep(self, name: str, wanted: WantedStore) -> None:
        self._supervisor.call("PUT", f"/stores/{name}", wanted.to_json())

    def report(self, name: str) -> ServerReport | None:
        answer = self._supervisor.call("GET", f"/stores/{name}", allow_missing=True)
        return None if answer is None else ServerReport(**answer)

    def drop(self, name: str) -> None:
        self._supervisor.call("DELETE", f"/stores/{name}", allow_missing=True)


def is_coming_up(servers: StoreServers, name: str) -> bool:
    """Whether a store has to wait for its server. It does not for one that failed, which its endpoint then shows."""
    report = servers.report(name)
    if report is not None and report.status == "FAILED":
        _log.warning("Nothing answers at the endpoint of %s: %s", name, report.message)
    return report is not None and report.status == "CREATING"
