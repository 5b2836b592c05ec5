"""Load balancers and certificates of the emulated account, as the load balancer controller meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Account, Network

NAME = "agents.example.com"
FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]


@pytest.fixture
def network(account: Account) -> Network:
    return account.network()


def balancer(account: Account, network: Network, **changes: Any) -> str:
    wanted = {"Name": "agents", "Scheme": "internal", "Subnets": network.subnets, "SecurityGroups": [network.group]}
    made = account.client("elbv2").create_load_balancer(**{**wanted, **changes})
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def listen(account: Account, arn: str, certificate: str) -> Any:
    return account.client("elbv2").create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=FIXED,
    )


def request(account: Account) -> tuple[str, dict[str, str]]:
    """A new certificate, and the record that would prove it."""
    acm = account.client("acm")
    arn = acm.request_certificate(DomainName=NAME, ValidationMethod="DNS")["CertificateArn"]
    described = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    return arn, described["DomainValidationOptions"][0]["ResourceRecord"]


def publish(account: Account, record: dict[str, str]) -> None:
    route53 = account.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    wanted = {
        "Name": record["Name"],
        "Type": record["Type"],
        "TTL": 60,
        "ResourceRecords": [{"Value": record["Value"]}],
    }
    change = {"Action": "UPSERT", "ResourceRecordSet": wanted}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})


def state(account: Account, arn: str) -> str:
    return account.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]["Status"]


def test_a_load_balancer_serves_after_a_while_and_holds_its_subnets_until_its_interfaces_are_gone(
    account: Account, network: Network
) -> None:
    elb, ec2 = account.client("elbv2"), account.client("ec2")
    arn = balancer(account, network)
    assert elb.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"] == "provisioning"
    account.settle()
    assert elb.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"] == "active"
    in_use = lambda: account.refusal(lambda: ec2.delete_security_group(GroupId=network.group))[0]  # noqa: E731
    assert account.refusal(lambda: ec2.delete_subnet(SubnetId=network.subnets[0]))[0] == "DependencyViolation"
    assert in_use() == "DependencyViolation"
    elb.delete_load_balancer(LoadBalancerArn=arn)
    assert elb.describe_load_balancers()["LoadBalancers"] == []
    assert in_use() == "DependencyViolation", "as in life, interfaces outlive their load balancer for a moment"
    account.settle()
    ec2.delete_security_group(GroupId=network.group)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"one subnet": True}, "ValidationError"),
        ({"Scheme": "internet-facing"}, "InvalidSubnet"),
    ],
)
def test_a_load_balancer_needs_two_zones_and_a_public_one_a_way_to_the_internet(
    account: Account, network: Network, changes: dict[str, Any], code: str
) -> None:
    given = {"Subnets": network.subnets[:1]} if "one subnet" in changes else changes
    assert account.refusal(lambda: balancer(account, network, **given))[0] == code


def test_a_certificate_is_issued_once_its_record_is_in_a_zone_and_not_before(account: Account) -> None:
    arn, record = request(account)
    account.settle()
    assert state(account, arn) == "PENDING_VALIDATION", "nothing proves the name yet"
    publish(account, record)
    assert state(account, arn) == "PENDING_VALIDATION", "ACM takes a while to look"
    account.settle()
    assert state(account, arn) == "ISSUED"


def test_a_listener_takes_issued_certificates_only_and_keeps_them(account: Account, network: Network) -> None:
    arn, record = request(account)
    here = balancer(account, network)
    unknown = arn.rpartition("/")[0] + "/00000000-0000-4000-8000-000000000000"
    assert account.refusal(lambda: listen(account, here, unknown))[0] == "CertificateNotFound"
    assert account.refusal(lambda: listen(account, here, arn))[0] == "UnsupportedCertificate"
    publish(account, record)
    state(account, arn)
    account.settle()
    state(account, arn)
    listen(account, here, arn)
    acm = account.client("acm")
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [here]
    assert account.refusal(lambda: acm.delete_certificate(CertificateArn=arn))[0] == "ResourceInUseException"
    account.client("elbv2").delete_load_balancer(LoadBalancerArn=here)
    acm.delete_certificate(CertificateArn=arn)


def test_a_record_is_not_made_twice_unless_it_is_to_be_overwritten(account: Account) -> None:
    _, record = request(account)
    publish(account, record)
    route53 = account.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    assert zone["Id"].startswith("/hostedzone/Z")
    (present,) = [
        each
        for each in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        if each["Type"] == "CNAME"
    ]
    change = {"Action": "CREATE", "ResourceRecordSet": present}
    again = lambda: route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": [change]})  # noqa: E731
    code, message = account.refusal(again)
    assert code == "InvalidChangeBatch"
    assert "but it already exists" in message


def test_nothing_of_it_escapes_the_search_for_leftovers(account: Account, network: Network) -> None:
    _, record = request(account)
    publish(account, record)
    balancer(account, network)
    kinds = {kind for kind, _ in account.leftovers()}
    assert {"acm:certificate", "route53:record", "elasticloadbalancing:loadbalancer"} <= kinds
