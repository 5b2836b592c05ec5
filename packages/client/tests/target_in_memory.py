"""A kind of target that is no control plane: all that agents need of a place, in this process."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from langsmith_client.target.protocol import Change, Deployment, LogLine, LogPage, Phase, Revision


class FakeTarget:
    """One deployment's place in memory, with every protocol of a target.

    Attributes:
        deployment: What `find` finds.
        others: Further deployments of the catalogue.
        history: Revisions, newest first; without any, just the deployment's newest.
        lines: The log of whatever revision, oldest first.
        problems: What `troubles` answers.
        changes: Every change that was applied.
        restored: Every revision that was gone back to.
        walk: What `revision` answers, in order, the last for ever: a phase, or an error to raise.
    """

    def __init__(self, deployment: Deployment | None = None) -> None:
        self.deployment = deployment
        self.others: list[Deployment] = []
        self.history: list[Revision] = []
        self.lines: list[LogLine] = []
        self.problems: tuple[str, ...] = ()
        self.restored: list[Revision] = []
        self.changes: list[Change] = []
        self.walk: list[Phase | Exception] = [Phase.DEPLOYED]
        self.refusal: Exception | None = None
        self.message: str | None = None

    def check(self, name: str, existing: Deployment | None) -> None:
        """Refuse if told to."""
        if self.refusal:
            raise self.refusal

    def find(self, name: str) -> Deployment | None:
        """The deployment, if it has the name."""
        return self.deployment if self.deployment and self.deployment.name == name else None

    def apply(self, change: Change) -> tuple[str, Revision]:
        """Make the next revision."""
        self.changes.append(change)
        made = Revision(f"revision-{len(self.changes)}", Phase.PENDING, "CREATING", change.image)
        before = self.deployment or Deployment("deployment-1", change.name, {}, None)
        self.deployment = dataclasses.replace(
            before,
            id="deployment-1",
            newest=made,
            environment=change.environment or before.environment,  # an empty one is no change, as in life
            resources=before.resources if change.resources is None else change.resources,
            references=before.references if change.references is None else change.references,
            url="http://agents.example/lgp/greeter",
        )
        return "deployment-1", made

    def revision(self, deployment_id: str, revision_id: str) -> Revision:
        """The next step of the walk."""
        step = self.walk.pop(0) if len(self.walk) > 1 else self.walk[0]
        if isinstance(step, Exception):
            raise step
        newest = self.deployment.newest if self.deployment else None
        state = Revision(revision_id, step, step.name, newest.image if newest else None, self.message)
        if self.deployment and newest and newest.id == revision_id:
            self.deployment = dataclasses.replace(self.deployment, newest=state)
        return state

    def agent_headers(self, url: str) -> Mapping[str, str]:
        """A key for whatever agent."""
        return {"X-Api-Key": "agents-key"}

    def deployments(self) -> list[Deployment]:
        """The deployment and the others, as cheap as a list."""
        every = ([self.deployment] if self.deployment else []) + self.others
        return [dataclasses.replace(each, newest=None) for each in every]

    def newest(self, deployment: Deployment) -> Revision | None:
        """The newest revision of one of them."""
        known = {each.id: each.newest for each in [*self.others, *([self.deployment] if self.deployment else [])]}
        return known[deployment.id]

    def revisions(self, deployment: Deployment, *, limit: int) -> list[Revision]:
        """The history, or the newest revision alone."""
        newest = self.newest(deployment)
        return (self.history or ([newest] if newest else []))[:limit]

    def logs(
        self, deployment: Deployment, *, revision_id: str | None, limit: int, level: str | None, cursor: str | None
    ) -> LogPage:
        """The newest lines; a cursor counts those already read."""
        lines = [line for line in self.lines if level in {None, line.level}]
        end = len(lines) - int(cursor or 0)
        start = max(0, end - limit)
        return LogPage(tuple(lines[start:end]), str(len(lines) - start) if start else None)

    def troubles(self, deployment: Deployment) -> tuple[str, ...]:
        """What is wrong with the place."""
        return self.problems

    def restore(self, deployment: Deployment, revision: Revision) -> tuple[str, Revision]:
        """Make the next revision of an earlier one's image."""
        self.restored.append(revision)
        made = Revision(f"restored-{len(self.restored)}", Phase.PENDING, "CREATING", revision.image)
        self.deployment = dataclasses.replace(deployment, newest=made)
        return deployment.id, made

    def delete(self, deployment: Deployment, *, with_traces: bool) -> None:
        """Delete it at once."""
        self.deployment = None

    def gone(self, deployment: Deployment) -> bool:
        """Whether it is deleted."""
        return self.deployment is None
