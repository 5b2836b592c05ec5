"""IP sets and prefix lists against an AWS over HTTP: what is there stays, what is ours comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.entries.lifecycle import EntriesLifecycle
from langsmith_firewall.errors import ChangedMeanwhileError, RefusedError, ServiceError, TargetGoneError
from langsmith_firewall.limits import PREFIX_LIST
from langsmith_firewall.services.prefix_list import PrefixList
from langsmith_firewall.services.waf_ip_set import WafIpSet
from langsmith_firewall.sources import AllowedSources

THEIRS = "54.1.2.0/24"
OLD, NEW, OTHER = "52.10.20.30/32", "52.10.20.40/32", "52.10.20.50/32"
WANTED = AllowedSources((OLD, OTHER), "agents")


@pytest.fixture
def opened(aws: Any) -> Iterator[Any]:
    """Opens a list of a kind by its target."""
    with ExitStack() as stack:
        yield lambda kind, target: stack.enter_context(SERVICES[kind].open({"region": "us-east-1", **target}))


def _lifecycle(kind: str, allow_list: Any) -> EntriesLifecycle:
    return EntriesLifecycle(allow_list, SERVICES[kind].limits, sleep=lambda _: None)


def test_an_ip_set_gets_ours_changes_them_and_keeps_theirs(aws: Any, opened: Any) -> None:
    named = aws.ip_set(THEIRS)
    lifecycle = _lifecycle("aws-waf-ip-set", opened("aws-waf-ip-set", named))
    ours = lifecycle.bring(WANTED)
    assert ours == [OLD, OTHER], "both are new"
    assert sorted(aws.in_ip_set(named)) == sorted([THEIRS, OLD, OTHER]), "theirs stays beside ours"
    ours = lifecycle.bring(AllowedSources((NEW, OTHER)), ours)
    assert sorted(aws.in_ip_set(named)) == sorted([THEIRS, NEW, OTHER]), "only the difference is exchanged"
    lifecycle.remove(ours)
    assert aws.in_ip_set(named) == [THEIRS], "destroy leaves what it found"
    found = aws.client("wafv2").get_ip_set(Name=named["ipSetName"], Id=named["ipSetId"], Scope="REGIONAL")["IPSet"]
    assert found["Description"] == "theirs", "an update without the description would wipe it"


def test_a_prefix_list_gets_ours_with_a_comment_and_keeps_theirs(aws: Any, opened: Any) -> None:
    prefix_list = aws.prefix_list(THEIRS)
    lifecycle = _lifecycle("aws-prefix-list", opened("aws-prefix-list", {"prefixListId": prefix_list}))
    ours = lifecycle.bring(WANTED)
    assert aws.in_prefix_list(prefix_list) == {
        THEIRS: "somebody else's",
        OLD: "langsmith-firewall: agents",
        OTHER: "langsmith-firewall: agents",
    }, "who looks at the list sees whose entries these are"
    lifecycle.bring(AllowedSources((NEW,)), ours)
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS, NEW}, "old ones are gone, theirs is not"
    lifecycle.remove([NEW])
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS}, "destroy leaves what it found"


def test_what_is_not_there_is_gone_and_not_an_outage(aws: Any, opened: Any) -> None:
    named = {"ipSetName": "no", "ipSetId": "0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b", "scope": "REGIONAL"}
    for kind, target in (("aws-waf-ip-set", named), ("aws-prefix-list", {"prefixListId": "pl-0a1b2c3d4e5f60718"})):
        lifecycle = _lifecycle(kind, opened(kind, target))
        assert lifecycle.read() is None, "the engine then makes the entries again"
        lifecycle.remove([OLD])
        with pytest.raises(TargetGoneError, match="Create it first"):
            lifecycle.bring(WANTED)


def test_an_ip_set_changed_meanwhile_is_not_overwritten(aws: Any, opened: Any) -> None:
    named = aws.ip_set(THEIRS)
    ip_set: WafIpSet = opened("aws-waf-ip-set", named)
    seen = ip_set.read()
    opened("aws-waf-ip-set", named).add(["54.9.9.9/32"], "", seen)
    with pytest.raises(ChangedMeanwhileError, match="WAFOptimisticLockException"):
        ip_set.add([OLD], "", seen)
    assert "54.9.9.9/32" in aws.in_ip_set(named), "the other's entry would have been lost"


def test_a_prefix_list_without_room_is_refused_before_any_write(aws: Any, opened: Any) -> None:
    prefix_list = aws.prefix_list(THEIRS, room=2)
    with pytest.raises(RefusedError, match=r"has 1 of 2 entries, and 2 more do not fit"):
        _lifecycle("aws-prefix-list", opened("aws-prefix-list", {"prefixListId": prefix_list})).bring(WANTED)
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS}, "half of the addresses would be worse than none"


def _described(state: str = "modify-complete", version: int = 3, **more: Any) -> dict[str, Any]:
    found = {"State": state, "Version": version, "MaxEntries": 10, "AddressFamily": "IPv4", **more}
    return {"PrefixLists": [found]}


def _stubbed() -> tuple[Any, Stubber]:
    client = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    return client, Stubber(client)


def test_a_prefix_list_under_change_is_waited_for() -> None:
    client, stub = _stubbed()
    stub.add_response("describe_managed_prefix_lists", _described("modify-in-progress"))
    stub.add_response("describe_managed_prefix_lists", _described())
    stub.add_response("get_managed_prefix_list_entries", {"Entries": []})
    waits: list[float] = []
    with stub:
        PrefixList(client, "pl-0a1b2c3d", sleep=waits.append).read()
    assert len(waits) == 1, "entries read too early are those of the version before"


def test_a_write_names_the_version_it_is_based_on_and_loses_against_a_newer_one() -> None:
    client, stub = _stubbed()
    entries = {"AddEntries": [{"Cidr": OLD, "Description": "ours"}]}
    stub.add_response("describe_managed_prefix_lists", _described(version=7))
    stub.add_response("get_managed_prefix_list_entries", {"Entries": []})
    stub.add_client_error(
        "modify_managed_prefix_list",
        "PrefixListVersionMismatch",
        "The prefix list has the incorrect version number.",
        400,
        expected_params={"PrefixListId": "pl-0a1b2c3d", "CurrentVersion": 7, **entries},
    )
    with stub:
        prefix_list = PrefixList(client, "pl-0a1b2c3d")
        with pytest.raises(ChangedMeanwhileError):
            prefix_list.add([OLD], "ours", prefix_list.read())


def test_more_entries_than_a_request_takes_go_in_several_each_on_the_version_before() -> None:
    client, stub = _stubbed()
    cidrs = [f"52.10.{n // 200}.{n % 200}/32" for n in range(150)]
    stub.add_response("describe_managed_prefix_lists", _described(version=1))
    stub.add_response("get_managed_prefix_list_entries", {"Entries": []})
    for version, part in ((1, cidrs[:100]), (2, cidrs[100:])):
        added = [{"Cidr": cidr, "Description": "ours"} for cidr in part]
        stub.add_response(
            "modify_managed_prefix_list", {}, {"PrefixListId": "pl-1", "CurrentVersion": version, "AddEntries": added}
        )
        stub.add_response("describe_managed_prefix_lists", _described(version=version + 1))
    with stub:
        prefix_list = PrefixList(client, "pl-1")
        prefix_list.add(cidrs, "ours", prefix_list.read())
        stub.assert_no_pending_responses()


def test_a_change_aws_could_not_make_is_told_with_its_reason() -> None:
    client, stub = _stubbed()
    stub.add_response("describe_managed_prefix_lists", _described("modify-failed", StateMessage="sg-1 is full"))
    with stub, pytest.raises(ServiceError, match="sg-1 is full"):
        EntriesLifecycle(PrefixList(client, "pl-1"), PREFIX_LIST).read()
