"""The examination: what is cheap and decides everything first, then, side by side, what takes asking."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import datetime as dt
import os
from collections.abc import Mapping

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.doctor import (
    api_endpoint,
    capacity,
    configuration,
    credentials,
    egress,
    engine,
    langsmith,
    quotas,
    zones,
)
from langsmith_hybrid.operations.doctor.checks import Check, run
from langsmith_hybrid.operations.doctor.findings import Finding, Findings, State, fail
from langsmith_hybrid.operations.doctor.subject import Subject
from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.hosting_stack import HostingStack
from langsmith_hybrid.operations.langsmith import workspace_of

# Asks for the caller's identity where no region is known yet.
_ANY_REGION = "us-east-1"


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What an examination asks, besides pulumi and AWS.

    Attributes:
        workspace: Opens the workspace of a stack.
        fetch: Asks for a URL.
        environ: The environment AWS credentials may come from.
        now: The time; None for the present.
    """

    workspace: langsmith.Workspace = workspace_of
    fetch: egress.Fetch = egress.status_of
    environ: Mapping[str, str] = dataclasses.field(default_factory=lambda: os.environ, repr=False)
    now: dt.datetime | None = None

    @property
    def time(self) -> dt.datetime:
        """The time it is."""
        return self.now or dt.datetime.now(dt.UTC)


def examine(stack: HostingStack, aws: Aws | None = None, around: Surroundings | None = None) -> Findings:
    """Everything that is known to keep `pulumi up` from ending well; changes nothing.

    Args:
        stack: The stack.
        aws: Its account and region; by default botocore's own credentials, in the region of the stack file.
        around: What else is asked.
    """
    around = around or Surroundings()
    try:
        subject, begun = _begin(stack, aws, around)
    except StackError as error:
        return _without_stack(error, aws, around)
    version = run([Check("pulumi", lambda: engine.version(stack))])
    basics = run(_basics(subject, around))
    rest = [Check("lock", lambda: engine.lock(stack, subject.aws))]
    if subject.state and not any(each.check == credentials.CHECK and each.state is State.FAIL for each in basics):
        rest += _of_account(subject)
    return Findings((*version, *begun, *basics, *run([*rest, *egress.checks(subject, around.fetch)])))


def quick(stack: HostingStack, aws: Aws | None = None, around: Surroundings | None = None) -> Findings:
    """The part of `examine` that takes seconds: the stack file, AWS credentials and their life, the LangSmith key."""
    around = around or Surroundings()
    try:
        subject, begun = _begin(stack, aws, around)
    except StackError as error:
        return _without_stack(error, aws, around)
    return Findings((*begun, *run(_basics(subject, around))))


def _without_stack(error: StackError, aws: Aws | None, around: Surroundings) -> Findings:
    """Its state, and the key of its secrets, may lie in AWS themselves: then it is credentials that are the problem."""
    unread = fail("stack", error.what, error.remedy, StackError)
    return Findings((unread, *run([_aws_credentials(aws or Aws(_ANY_REGION), around, has_cluster=True)])))


def _begin(stack: HostingStack, aws: Aws | None, around: Surroundings) -> tuple[Subject, list[Finding]]:
    """What the other checks are about, and what is found in looking it up.

    Raises:
        StackError: There is no such stack, or pulumi cannot read its file.
    """
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(stack.state)
        config = stack.config
    reading = configuration.read(config)
    findings = list(configuration.findings(config, reading, around.time.date()))
    state = None
    try:
        state = asked.result()
        findings += engine.pending(state)
    except StackError as error:
        findings.append(fail("state", error.what, error.remedy))
    aws = aws or Aws(config.region or _ANY_REGION)
    return Subject(stack, aws, reading.values, has_key=reading.has_key, state=state), findings


def _basics(subject: Subject, around: Surroundings) -> list[Check]:
    """Whether AWS and LangSmith let us in at all."""
    basics = [_aws_credentials(subject.aws, around, has_cluster=subject.has_cluster)]
    if subject.has_key and subject.has("langsmith_workspace_id", "langsmith_region", "langsmith_host_url"):
        basics.append(Check(langsmith.CHECK, lambda: langsmith.findings(subject, around.workspace)))
    return basics


def _aws_credentials(aws: Aws, around: Surroundings, *, has_cluster: bool) -> Check:
    return Check(
        credentials.CHECK,
        lambda: credentials.findings(aws, has_cluster=has_cluster, environ=around.environ, now=around.time),
    )


def _of_account(subject: Subject) -> list[Check]:
    """What the account has room for, judged by what the stack has already."""
    found = [*quotas.checks(subject), *capacity.checks(subject)]
    if subject.has("region", "vpc_id", "private_subnet_ids", "availability_zones"):
        found.insert(0, Check("zones", lambda: zones.findings(subject)))
    if subject.has("eks_public_access_cidrs"):
        found.append(Check("cluster-endpoint", lambda: api_endpoint.findings(subject)))
    return found
