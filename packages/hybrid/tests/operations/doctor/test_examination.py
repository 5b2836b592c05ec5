"""The whole examination: what is asked, in which order, and what is left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from operations.doctor.world import World
from operations.fakes import API_KEY, refusal

from langsmith_control_plane.errors import UnauthorizedError
from langsmith_hybrid.operations.doctor import Findings, State, examine, quick
from langsmith_hybrid.operations.errors import AccessError, AccessExpiredError, PreflightError, StackError

Examination = Callable[..., Findings]

EVERYTHING = [
    "pulumi", "configuration", "state", "aws-credentials", "langsmith", "listener", "lock", "zones",
    "quota-vpcs", "quota-elastic-ips", "quota-nat-gateways", "quota-clusters", "quota-databases",
    "capacity-nodes", "capacity-database", "capacity-cache", "cluster-endpoint",
    "chart-dataplane", "chart-keda", "chart-autoscaler", "chart-load-balancer", "gateway-api", "langsmith-api",
]  # fmt: skip


def look(world: World, of: Examination = examine) -> Findings:
    return of(world.pulumi.stack(world.folder), world.aws, world.around)


def states(findings: Findings) -> dict[str, State]:
    return {finding.check: finding.state for finding in findings.all}


def test_where_all_is_well_every_check_says_so_in_a_fixed_order(world: World) -> None:
    world.set(eksPublicAccessCidrs='["203.0.113.7/32"]')
    findings = look(world)
    assert [finding.check for finding in findings.all] == EVERYTHING
    assert {finding.what for finding in findings.all if finding.state is not State.OK} == set()
    assert findings.error is None


def test_an_examination_tells_pulumi_to_do_nothing(world: World) -> None:
    look(world)
    assert world.pulumi.performed == [], "a doctor changes nothing"
    assert all(operation.startswith(("describe_", "get_", "list_")) for _, operation, _ in world.aws.asked)


def test_the_cheap_part_asks_neither_for_quotas_nor_for_charts(world: World) -> None:
    assert [finding.check for finding in look(world, quick).all] == EVERYTHING[1:6]
    assert {service for service, _, _ in world.aws.asked} == {"sts"}


@pytest.mark.parametrize("of", [examine, quick])
def test_without_a_stack_there_is_little_to_examine(world: World, of: Examination) -> None:
    world.pulumi.broken = "no stack named 'dev' found."
    findings = look(world, of)
    assert states(findings) == {"stack": State.FAIL, "aws-credentials": State.OK}
    assert isinstance(findings.error, StackError)
    assert "no stack named 'dev' found" in findings.error.what


@pytest.mark.parametrize("of", [examine, quick])
def test_a_stack_that_only_credentials_would_open_ends_as_without_credentials(world: World, of: Examination) -> None:
    world.pulumi.broken = (
        "2 errors occurred:\n    1) operation error KMS: Decrypt, ExpiredTokenException\n    2) Unknown"
    )
    world.aws.answers["sts", "get_caller_identity"] = refusal("ExpiredToken")
    findings = look(world, of)
    assert isinstance(findings.error, AccessExpiredError), "state and secrets may lie in the very account"
    assert "operation error KMS: Decrypt, ExpiredTokenException" in findings.all[0].what


def test_a_state_that_cannot_be_read_leaves_out_what_depends_on_it(world: World) -> None:
    world.pulumi.broken_export = "the state is of a later version."
    findings = look(world)
    assert states(findings)["state"] is State.FAIL
    assert states(findings)["langsmith"] is State.OK
    assert not [check for check in states(findings) if check.startswith("quota")]


def test_without_credentials_nothing_is_asked_of_the_account(world: World) -> None:
    world.aws.answers["sts", "get_caller_identity"] = refusal("InvalidClientTokenId")
    findings = look(world)
    assert states(findings)["aws-credentials"] is State.FAIL
    assert isinstance(findings.error, AccessError), "the exit code says that credentials are the problem"
    assert not [check for check in states(findings) if check.startswith(("quota", "capacity", "zones"))]
    assert "chart-keda" in states(findings), "what needs no account is looked at all the same"


def test_a_session_that_is_over_is_told_from_credentials_that_are_wrong(world: World) -> None:
    world.aws.answers["sts", "get_caller_identity"] = refusal("ExpiredToken")
    world.control_plane.refuses = UnauthorizedError("401.")
    assert isinstance(look(world).error, AccessExpiredError)


def test_what_aws_will_not_tell_is_unknown_and_not_well(world: World) -> None:
    world.aws.answers["service-quotas", "get_service_quota"] = refusal("AccessDeniedException", "not yours to see")
    findings = look(world)
    asked = [finding for finding in findings.all if finding.check.startswith("quota-")]
    assert {finding.state for finding in asked} == {State.UNKNOWN}
    assert all("AccessDeniedException: not yours to see" in finding.what for finding in asked), (
        "the reason is AWS's own"
    )
    assert findings.error is None, "what could not be seen stands in nobody's way"


def test_a_check_that_breaks_hides_none_of_the_others(world: World) -> None:
    world.aws.answers["ec2", "describe_vpcs"] = {"nothing": "a doctor expects"}
    found = states(look(world))
    assert found["quota-vpcs"] is State.UNKNOWN
    assert found["quota-elastic-ips"] is State.OK


def test_all_problems_are_told_in_one_run(world: World) -> None:
    world.set(vpcCidr="somewhere", eksNodeInstanceTyp="m5.large")
    world.unreachable["https://kedacore.github.io/charts/index.yaml"] = OSError("no route to host")
    error = look(world).error
    assert isinstance(error, PreflightError)
    assert "3 things" in error.what
    assert "configuration" in error.what
    assert "chart-keda" in error.what


def test_what_depends_on_a_broken_key_is_left_out(world: World) -> None:
    world.set(natGateways="many")
    found = states(look(world))
    assert "quota-elastic-ips" not in found, "how many there would be is not known"
    assert "quota-vpcs" in found


@pytest.mark.parametrize("of", [examine, quick])
def test_no_finding_shows_the_key(world: World, of: Examination) -> None:
    world.set(agentNamespaces=API_KEY)
    for finding in look(world, of).all:
        assert API_KEY not in f"{finding.what} {finding.remedy}"
