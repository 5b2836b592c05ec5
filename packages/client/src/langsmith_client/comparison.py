"""What differs between two revisions of a deployment, as far as it can be known."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from langsmith_client.commits import Commits
from langsmith_client.errors import ProjectError
from langsmith_client.selection import select
from langsmith_client.target.protocol import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langsmith_client.history import Entry
    from langsmith_client.target.protocol import Deployment

_HASH = re.compile(r"((?:sha256:)?[0-9a-f]{12})([0-9a-f]{28,52})")
_ASPECTS = ("tag", "version", "commit", "dirty", "inputs", "base", "base_digest", "platform", "source")


@dataclasses.dataclass(frozen=True)
class Difference:
    """One thing that is not the same; None is unknown."""

    aspect: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        return f"{_shortened(self.old)} -> {_shortened(self.new)}"


def _shortened(value: str | None) -> str:
    """A hash by its first digits, anything else as it is."""
    if value is None:
        return "unknown"
    return value[: -len(found[2])] if (found := _HASH.fullmatch(value)) else value


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Two revisions side by side.

    Attributes:
        differences: Of the images and of what their labels say; what is unknown on both sides is left out.
        commits: What lies between them.
    """

    old: Entry
    new: Entry
    differences: tuple[Difference, ...]
    commits: Commits

    @property
    def same_image(self) -> bool:
        """Whether both run the same bytes."""
        return self.old.revision.image is not None and self.old.revision.image == self.new.revision.image


def compare(old: Entry, new: Entry, between: Callable[[str | None, str | None], Commits]) -> Comparison:
    """Compare two revisions; `between` finds the commits from one commit to the other."""
    pairs = [("image", old.revision.image, new.revision.image)]
    pairs += [(name, _text(getattr(old.identity, name)), _text(getattr(new.identity, name))) for name in _ASPECTS]
    differences = tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])
    return Comparison(old, new, differences, between(old.identity.commit, new.identity.commit))


def _text(value: str | bool | None) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def sides(entries: Sequence[Entry], name: str, wanted: Sequence[str]) -> tuple[Entry, Entry]:
    """The two revisions to compare: those named, one named against the active one, or what was deployed last.

    Without any name that is the newest revision against what ran before it: what the last deploy changed, whether or
    not it went well.

    Raises:
        ProjectError: There are not two of them.
    """
    chosen = [select(entries, name, each) for each in wanted]
    if len(chosen) == 2:
        return chosen[0], chosen[1]
    active = next((each for each in entries if each.active), None)
    if chosen and active:
        return chosen[0], active
    if not chosen and entries and (before := before_newest(entries)):
        return before, entries[0]
    missing = "it has no active revision" if chosen else "no revision was deployed before its newest one"
    raise ProjectError([f"{name} has nothing to compare with: {missing}."], "Name two revisions.")


def before_newest(entries: Sequence[Entry]) -> Entry | None:
    """What ran when the newest revision was made: the newest of the others that was deployed."""
    return next((each for each in entries[1:] if each.revision.phase is Phase.DEPLOYED), None)


def facts(found: Comparison, deployment: Deployment) -> dict[str, str]:
    """A comparison for people."""
    lines = {
        "from": _described(found.old),
        "to": _described(found.new),
        **{each.aspect.replace("_", " "): str(each) for each in found.differences},
    }
    if found.same_image:
        lines["image"] = f"the same, {found.new.revision.image}"
    lines["commits"] = found.commits.problem or f"{len(found.commits.added)} more, {len(found.commits.removed)} fewer"
    lines |= {f"+ {each.hash[:9]}": each.subject for each in found.commits.added}
    lines |= {f"- {each.hash[:9]}": each.subject for each in found.commits.removed}
    # A control plane tells neither of a revision, only of the deployment.
    lines["environment"] = f"of then unknown, today {_named(deployment)}"
    lines["resources"] = f"of then unknown, today {_sizes(deployment) or 'nothing set'}"
    return lines


def fields(found: Comparison, deployment: Deployment) -> dict[str, Any]:
    """A comparison for machines; variables by name only."""
    return {
        "name": deployment.name,
        "from_revision_id": found.old.revision.id,
        "to_revision_id": found.new.revision.id,
        "same_image": found.same_image,
        "differences": [dataclasses.asdict(each) for each in found.differences],
        "commits": dataclasses.asdict(found.commits),
        "variables": sorted(deployment.environment),
        "references": sorted(each.name for each in deployment.references),
        "resources": _sized(deployment),
    }


def _described(entry: Entry) -> str:
    state = f"{entry.revision.status}{', active' if entry.active else ''}"
    return f"{entry.revision.id} ({state}, {entry.identity.shown})"


def _named(deployment: Deployment) -> str:
    names = [*deployment.environment, *(f"{each.name} (from {each.secret_name})" for each in deployment.references)]
    return ", ".join(sorted(names)) or "empty"


def _sizes(deployment: Deployment) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in _sized(deployment).items())


def _sized(deployment: Deployment) -> dict[str, float]:
    """The numbers of a resource specification; the rest of it, such as sidecars, may hold secrets."""
    numbers = {name: value for name, value in deployment.resources.items() if isinstance(value, int | float)}
    return dict(sorted(numbers.items()))
