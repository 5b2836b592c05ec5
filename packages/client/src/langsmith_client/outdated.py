"""Agents whose folder is not what is deployed, or whose base image has moved on since they were built."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

from langsmith_client.commits import Commits, commits_between
from langsmith_client.errors import ClientError, UndecidedError
from langsmith_client.git import GitState
from langsmith_client.image.base_image import platform_manifest
from langsmith_client.image.publish import INPUTS_LABEL, build_request
from langsmith_client.image_reference import parse_reference
from langsmith_client.table import Row
from langsmith_client.tag import DEFAULT_PLATFORM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from langsmith_client.identity import Identity
    from langsmith_client.image.protocol import BuildRequest
    from langsmith_client.listing import Listed
    from langsmith_client.project import Project
    from langsmith_client.registry import Registry


class State(enum.Enum):
    """How an agent's folder and its deployment stand to each other."""

    CURRENT = "current"
    OUTDATED = "outdated"
    ABSENT = "not deployed"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One agent.

    Attributes:
        tag: What its folder would be deployed as; None when that depends on a deployment that is not there.
        deployed: The tag or commit that should be running, or None.
        reasons: Why it is not current, one clause each.
        commits: What the folder has that is not deployed, and the other way round.
    """

    name: str
    state: State
    tag: str | None = None
    deployed: str | None = None
    reasons: tuple[str, ...] = ()
    commits: Commits = dataclasses.field(default_factory=Commits)


class Bases:
    """What base images are at the moment, each looked up once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: dict[tuple[str, str], str] = {}

    def digest(self, name: str, platform: str) -> str:
        """The digest of the base image `name` for `platform`, through a mirror if there is one.

        Raises:
            ClientError: It cannot be had.
        """
        if (name, platform) not in self._known:
            place = self._registry.through_mirror(parse_reference(name))
            self._known[name, platform] = platform_manifest(self._registry, place, platform).digest
        return self._known[name, platform]


def compare_all(projects: Sequence[Project], deployed: Iterable[Listed], bases: Bases) -> list[Finding]:
    """Compare each agent's folder with the deployment of its name, in the order of `projects`."""
    by_name = {each.deployment.name: each for each in deployed}
    return [_compare(project, by_name.get(project.name), bases) for project in projects]


def _compare(project: Project, listed: Listed | None, bases: Bases) -> Finding:
    if listed is None:
        return Finding(project.name, State.ABSENT, reasons=("there is no deployment of this name",))
    if listed.running is None or listed.running.image is None or listed.identity.problem:
        problem = listed.problem or listed.identity.problem or "the target does not say which image it runs"
        return Finding(project.name, State.UNKNOWN, reasons=(problem.rstrip("."),))
    identity = listed.identity
    request = build_request(
        project, parse_reference(listed.running.image).repository, identity.platform or DEFAULT_PLATFORM
    )
    finding = Finding(project.name, State.CURRENT, request.image.reference, identity.shown)
    if identity.inputs is None:
        return dataclasses.replace(
            finding, state=State.UNKNOWN, reasons=("its image does not say what it was built from",)
        )
    reasons = [*_source_reasons(request, identity), *_served_reasons(listed)]
    doubts: list[str] = []
    try:
        reasons += _base_reasons(identity, bases)
    except ClientError as error:
        doubts.append(f"whether its base image moved is unknown: {error.what.rstrip('.')}")
    state = State.OUTDATED if reasons else State.UNKNOWN if doubts else State.CURRENT
    commits = _commits(project, identity) if reasons else Commits()
    return dataclasses.replace(finding, state=state, reasons=(*reasons, *doubts), commits=commits)


def _source_reasons(request: BuildRequest, identity: Identity) -> list[str]:
    if request.labels[INPUTS_LABEL] == identity.inputs:
        return []
    return [f"{identity.shown} is deployed, the folder is {request.image.reference}"]


def _base_reasons(identity: Identity, bases: Bases) -> list[str]:
    if identity.base is None or identity.base_digest is None:
        return []
    now = bases.digest(identity.base, identity.platform or DEFAULT_PLATFORM)
    return [] if now == identity.base_digest else [f"its base image {identity.base} has moved"]


def _served_reasons(listed: Listed) -> list[str]:
    if listed.served is None or listed.running is None or listed.served == listed.running.id:
        return []
    return [f"revision {listed.served} is served, which is not the active one"]


def _commits(project: Project, identity: Identity) -> Commits:
    here = project.git.commit if isinstance(project.git, GitState) else None
    return commits_between(project.directory, identity.commit, here, paths=[*project.folders, project.config.path])


def insist(findings: Sequence[Finding]) -> None:
    """Raise where nobody can say how an agent stands: no answer must not pass for a good one.

    Raises:
        UndecidedError: One is unknown.
    """
    unknown = [each for each in findings if each.state is State.UNKNOWN]
    if unknown:
        first, *others = unknown
        whom = first.name + (f", and {len(others)} more," if others else "")
        raise UndecidedError(
            f"Whether {whom} is deployed as it is here is not known: {'; '.join(first.reasons)}.",
            "Mend that, or deploy it with this client, which labels its images.",
        )


def rows(findings: Iterable[Finding]) -> list[Row]:
    """The table of `outdated`."""
    return [
        Row(
            {
                "name": each.name,
                "state": each.state.value,
                "deployed": each.deployed or "-",
                "folder": each.tag or "-",
                "behind": str(len(each.commits.added)) if not each.commits.problem else "?",
                "why": "; ".join(each.reasons),
            },
            {
                "name": each.name,
                "state": each.state.value,
                "deployed": each.deployed,
                "folder": each.tag,
                "reasons": list(each.reasons),
                "commits": dataclasses.asdict(each.commits),
            },
        )
        for each in findings
    ]
