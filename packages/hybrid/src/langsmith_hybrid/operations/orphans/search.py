"""The search: everything that is of some stacks, and that none of their states holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.errors import OperationError
from langsmith_hybrid.operations.langsmith import workspace_of
from langsmith_hybrid.operations.orphans import identity, snapshots
from langsmith_hybrid.operations.orphans.findings import Findings, Left, Unseen
from langsmith_hybrid.operations.orphans.found import Found, plain
from langsmith_hybrid.operations.orphans.gone_clusters import GoneClusters
from langsmith_hybrid.operations.orphans.living import of_the_living
from langsmith_hybrid.operations.orphans.parts import whole_of
from langsmith_hybrid.operations.orphans.presence import Presence, presence
from langsmith_hybrid.operations.orphans.records import records
from langsmith_hybrid.operations.orphans.removal import in_order, left_over
from langsmith_hybrid.operations.orphans.tagged import interfaces, tagged
from langsmith_hybrid.operations.orphans.whose import Whose
from langsmith_hybrid.operations.orphans.workspace import Workspace, in_workspace


def search(whose: Whose, aws: Aws | None = None, workspace: Workspace = workspace_of) -> Findings:
    """Look for what is left of some stacks; changes nothing, and raises nothing.

    What cannot be looked at is among the findings, with its error, and keeps nothing else from being found.
    """
    aws = aws or Aws(whose.region)
    looking = _Search(whose, aws)
    if looking.is_let_in():
        _look_in_aws(looking, whose, aws)
    for stack in whose.stacks:
        looking.look("LangSmith", lambda stack=stack: in_workspace(stack, whose.held, workspace))
    return looking.findings()


def _look_in_aws(looking: _Search, whose: Whose, aws: Aws) -> None:
    looking.resources("resources with the stack's tag", lambda: tagged(aws))
    looking.resources("network interfaces with the stack's tag", lambda: interfaces(aws))
    looking.resources("IAM roles", lambda: identity.roles(aws))
    looking.resources("IAM policies", lambda: identity.policies(aws))
    looking.resources("database snapshots", lambda: snapshots.of_databases(aws, whose.held))
    looking.resources("cache snapshots", lambda: snapshots.of_caches(aws, whose.held))
    if whose.prefixes:
        gone = GoneClusters(aws, whose.prefixes)
        looking.resources("log groups", gone.log_groups)
        looking.resources("KMS aliases", gone.aliases)
        looking.resources("security groups of EKS", gone.security_groups)
        looking.resources("network interfaces of Pods", gone.interfaces)
    for zone, hostname in whose.hostnames:
        looking.resources(f"records of {hostname}", lambda zone=zone, name=hostname: records(aws, zone, name))
    looking.secrets()


class _Search:
    """A search that is under way."""

    def __init__(self, whose: Whose, aws: Aws) -> None:
        self._whose = whose
        self._aws = aws
        self._left: dict[tuple[str, str], Left] = {}
        self._wholes: dict[tuple[str, str], tuple[str, str]] = {}  # of those that are parts of something
        self._settled: set[tuple[str, str]] = set()  # known to be no left-overs of these stacks
        self._notes: list[str] = []
        self._unseen = list(whose.unseen)

    def findings(self) -> Findings:
        """What it came to."""
        # A part goes with its whole, where that is left itself.
        left = [each for key, each in self._left.items() if self._wholes.get(key) not in self._left]
        return Findings(tuple(sorted(left, key=in_order)), tuple(self._notes), tuple(self._unseen))

    def is_let_in(self) -> bool:
        """Whether AWS knows the credentials: if not, nothing in it can be looked at, and once is enough to say so."""
        try:
            self._aws.ask("sts", "get_caller_identity")
        except OperationError as error:
            self._unseen.append(Unseen("AWS", error))
            return False
        return True

    def look(self, what: str, find: Callable[[], Iterable[Left]]) -> None:
        """Take what is found; where that fails, ``what`` could not be looked at."""
        try:
            for each in find():
                self._left.setdefault((each.type, each.id), each)
        except OperationError as error:
            self._unseen.append(Unseen(what, error))

    def resources(self, what: str, find: Callable[[], Iterable[Found]]) -> None:
        """Take what is found in AWS and is a left-over."""
        stack, region = self._whose.only_tag, self._whose.region
        self.look(what, lambda: (left_over(each, stack=stack, region=region) for each in find() if self._is_left(each)))

    def secrets(self) -> None:
        """Note the secrets that wait for their deletion, which no other list has."""
        filters = [{"Key": "tag-key", "Values": [STACK_TAG]}]
        asked: dict[str, Any] = {"IncludePlannedDeletion": True, "Filters": filters}

        def find() -> Iterable[Left]:
            for each in self._aws.each("secretsmanager", "list_secrets", "SecretList", **asked):
                found = Found("secretsmanager:secret", each["Name"], each["ARN"], plain(each.get("Tags")))
                if each.get("DeletedDate") and self._whose.are_of(found.tags.get(STACK_TAG, "")):
                    self._note(found)
            return ()

        self.look("secrets", find)

    def _is_left(self, found: Found) -> bool:
        key = found.type, found.id
        if key in self._settled or key in self._left:
            return False
        tag = found.tags.get(STACK_TAG)
        theirs = tag is None or self._whose.are_of(tag)
        if theirs and not self._whose.held.has(found) and not of_the_living(found, self._whose.expected_by(tag)):
            there = presence(self._aws, found)
            if there is Presence.WAITING:
                self._note(found)
            elif there is Presence.STAYS:
                if whole := whole_of(found):
                    self._wholes[key] = whole.type, whole.id
                return True
        self._settled.add(key)
        return False

    def _note(self, found: Found) -> None:
        self._settled.add((found.type, found.id))
        note = f"The {found.type} {found.id} waits for its deletion, and needs nothing more."
        if note not in self._notes:
            self._notes.append(note)
