"""Managed prefix lists: a version a change, room for so many entries, and states that pass."""

from __future__ import annotations

import pytest


@pytest.fixture
def ec2(client):
    return client("ec2")


def _entry(cidr):
    return {"Cidr": cidr, "Description": "theirs"}


@pytest.fixture
def made(account, ec2):
    """Id of a list with one entry and room for three."""
    answer = ec2.create_managed_prefix_list(
        PrefixListName="agents", MaxEntries=3, AddressFamily="IPv4", Entries=[_entry("54.1.2.0/24")]
    )
    account.settle()
    return answer["PrefixList"]["PrefixListId"]


def _shown(ec2, wanted):
    return ec2.describe_managed_prefix_lists(PrefixListIds=[wanted])["PrefixLists"][0]


def _cidrs(ec2, wanted, **version):
    return [entry["Cidr"] for entry in ec2.get_managed_prefix_list_entries(PrefixListId=wanted, **version)["Entries"]]


def test_a_change_takes_a_moment_and_makes_a_version(account, ec2, made):
    ec2.modify_managed_prefix_list(PrefixListId=made, CurrentVersion=1, AddEntries=[_entry("54.1.3.0/24")])
    assert _shown(ec2, made)["State"] == "modify-in-progress"
    again = {"PrefixListId": made, "CurrentVersion": 2, "RemoveEntries": [{"Cidr": "54.1.2.0/24"}]}
    assert account.refusal(lambda: ec2.modify_managed_prefix_list(**again))[0] == "IncorrectState", "one at a time"
    account.settle()
    assert (_shown(ec2, made)["State"], _shown(ec2, made)["Version"]) == ("modify-complete", 2)
    ec2.modify_managed_prefix_list(**again)
    assert _cidrs(ec2, made) == ["54.1.3.0/24"]
    assert _cidrs(ec2, made, TargetVersion=2) == ["54.1.2.0/24", "54.1.3.0/24"], "older versions can be read"
    assert _shown(ec2, made)["PrefixListName"] == "agents", "a change of entries is no change of the name"


def test_a_change_of_an_older_version_is_refused(account, ec2, made):
    ec2.modify_managed_prefix_list(PrefixListId=made, CurrentVersion=1, AddEntries=[_entry("54.1.3.0/24")])
    account.settle()
    call = {"PrefixListId": made, "CurrentVersion": 1, "AddEntries": [_entry("54.1.4.0/24")]}
    assert account.refusal(lambda: ec2.modify_managed_prefix_list(**call)) == (
        "PrefixListVersionMismatch",
        "The prefix list has the incorrect version number.",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"AddEntries": [_entry(f"54.1.{n}.0/24") for n in range(3, 6)]}, "PrefixListMaxEntriesExceeded"),
        ({"AddEntries": [_entry(f"54.1.{n}.0/24") for n in range(3, 104)]}, "InvalidParameterValue"),
        ({"AddEntries": [_entry("54.1.2.0/24")]}, "InvalidPrefixListModification"),
        ({"AddEntries": [_entry("2600::/48")]}, "InvalidParameterValue"),
        ({"AddEntries": [_entry("54.1.3.0")]}, "InvalidParameterValue"),
        ({"RemoveEntries": [{"Cidr": "54.9.9.0/24"}]}, "InvalidPrefixListModification"),
        ({"MaxEntries": 9, "AddEntries": [_entry("54.1.3.0/24")]}, "InvalidParameterCombination"),
    ],
)
def test_a_change_aws_refuses_changes_nothing(account, ec2, made, change, code):
    call = {"PrefixListId": made, "CurrentVersion": 1, **change}
    assert account.refusal(lambda: ec2.modify_managed_prefix_list(**call))[0] == code
    assert (_cidrs(ec2, made), _shown(ec2, made)["Version"]) == (["54.1.2.0/24"], 1)


def test_a_list_grows_when_asked(account, ec2, made):
    ec2.modify_managed_prefix_list(PrefixListId=made, MaxEntries=9)
    account.settle()
    assert (_shown(ec2, made)["MaxEntries"], _shown(ec2, made)["Version"]) == (9, 1), "its entries are the same"


@pytest.mark.parametrize("room", [0, 1001])
def test_a_list_has_room_for_a_thousand_at_most(account, ec2, room):
    call = {"PrefixListName": "agents", "MaxEntries": room, "AddressFamily": "IPv4"}
    code, message = account.refusal(lambda: ec2.create_managed_prefix_list(**call))
    assert (code, message) == ("InvalidParameterValue", "Must specify a max size between 1 and 1000")


def test_lists_that_are_not_there_or_not_ours_are_refused(account, ec2):
    gone = {"PrefixListId": "pl-0a1b2c3d4e5f60718"}
    for call in (
        lambda: ec2.describe_managed_prefix_lists(PrefixListIds=[gone["PrefixListId"]]),
        lambda: ec2.get_managed_prefix_list_entries(**gone),
        lambda: ec2.modify_managed_prefix_list(**gone),
        lambda: ec2.delete_managed_prefix_list(**gone),
    ):
        assert account.refusal(call)[0] == "InvalidPrefixListID.NotFound"
    theirs = ec2.describe_managed_prefix_lists(Filters=[{"Name": "owner-id", "Values": ["AWS"]}])["PrefixLists"][0]
    call = {"PrefixListId": theirs["PrefixListId"], "AddEntries": [_entry("54.1.3.0/24")]}
    assert account.refusal(lambda: ec2.modify_managed_prefix_list(**call))[0] == "UnauthorizedOperation"


def test_a_list_a_rule_refers_to_stays(account, ec2, network, made):
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": made}]}
    ec2.authorize_security_group_ingress(GroupId=network.group, IpPermissions=[permission])
    delete = lambda: ec2.delete_managed_prefix_list(PrefixListId=made)  # noqa: E731
    assert account.refusal(delete)[0] == "DependencyViolation"
    ec2.revoke_security_group_ingress(GroupId=network.group, IpPermissions=[permission])
    delete()
    account.settle()
    assert account.refusal(delete)[0] == "InvalidPrefixListID.NotFound", "deleted, it is not described any more"
    assert not [kind for kind, _ in account.leftovers() if kind == "ec2:prefix-list"]
