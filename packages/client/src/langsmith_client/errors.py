"""Errors of the client: what happened, what to do next, and the exit code a script can rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class ClientError(Exception):
    """An error a user can meet.

    Args:
        what: One sentence on what happened, and to what. Never holds a secret.
        remedy: One sentence on what to do next; may be empty when `what` leaves nothing open.
    """

    exit_code = 1

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class UsageError(ClientError):
    """The command line is not one this program understands."""

    exit_code = 2


class ProjectError(ClientError):
    """The agent's folder, its langgraph.json or the flags do not describe something deployable.

    Attributes:
        problems: Every problem found, so that one run of the command reports them all.
    """

    exit_code = 2

    def __init__(self, problems: Sequence[str], remedy: str = "") -> None:
        super().__init__(" ".join(problems), remedy)
        self.problems = tuple(problems)


class SettingsError(ClientError):
    """Flags, environment, langsmith.toml and profile do not name a place to act."""

    exit_code = 2


class StackError(ClientError):
    """The outputs of a hosting stack cannot be had."""


class BuildError(ClientError):
    """The image could not be made."""

    exit_code = 10


class RegistryError(ClientError):
    """The image registry refused, or could not be reached.

    Attributes:
        status: HTTP status of the last answer, or None when there was none.
    """

    exit_code = 11

    def __init__(self, what: str, remedy: str = "", *, status: int | None = None) -> None:
        super().__init__(what, remedy)
        self.status = status


class RegistryAccessError(RegistryError):
    """The registry wants other credentials than the ones at hand."""

    exit_code = 40


class TargetError(ClientError):
    """The place agents are deployed to refused a request for good."""


class TargetAccessError(TargetError):
    """The API key or the workspace is missing, wrong or not allowed to do this."""

    exit_code = 40


class MissingError(TargetError):
    """What was asked for is not there, or not in this workspace."""


class ConflictError(TargetError):
    """Something else holds or changed what this command was about to change."""

    exit_code = 30


class PreflightError(TargetError):
    """The listener or the namespace cannot take the deployment; nothing was built or changed."""

    exit_code = 50


class TargetUnavailableError(TargetError):
    """No usable answer right now: an outage, a rate limit, a dropped connection. Trying again may work.

    Attributes:
        retry_after: Seconds the server asked to wait, or None.
    """

    def __init__(self, what: str, remedy: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(what, remedy)
        self.retry_after = retry_after


class OutcomeUnknownError(TargetError):
    """A request was sent, its answer was lost, and nobody could say what became of it; the same command finds out."""

    exit_code = 22


class DeployFailedError(ClientError):
    """The data plane tried the revision and gave it up; what ran before still runs."""

    exit_code = 20


class SupersededError(ClientError):
    """A newer revision took over before this one was deployed."""

    exit_code = 21


class WaitTimeoutError(ClientError):
    """The revision was still on its way when the time for waiting ran out; it goes on without us."""

    exit_code = 22


class AccessExpiredError(ClientError):
    """The API key stopped working while a revision was on its way; the revision goes on without us."""

    exit_code = 41


class UnprovenError(ClientError):
    """The revision counts as deployed, but the pods were not seen serving it."""

    exit_code = 23


class SmokeFailedError(UnprovenError):
    """The agent was asked to run once, and did not do it well."""


class UndecidedError(ClientError):
    """A question could not be answered either way, and no answer must not pass for a good one."""


class FleetError(ClientError):
    """Some agents of a fleet were not deployed; the code is theirs where all of them agree.

    Args:
        exit_codes: One an agent, at least one.
    """

    def __init__(self, what: str, remedy: str = "", *, exit_codes: Collection[int]) -> None:
        super().__init__(what, remedy)
        self.exit_code = next(iter(exit_codes)) if len(set(exit_codes)) == 1 else ClientError.exit_code


class StoppedError(ClientError):
    """Someone pressed Ctrl-C; the code is the one shells report for that."""

    exit_code = 130
