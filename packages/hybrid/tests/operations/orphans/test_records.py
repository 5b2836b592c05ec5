"""Records in Route 53 carry no tags, and are known by what the program makes of agents' hostname."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from operations.orphans.account import EmptyAws, World

from langsmith_hybrid.operations.orphans.records import records

HOST = "agents.example.com"


def alias(name: str, to: str = "agents-1.eu-west-1.elb.amazonaws.com.") -> dict[str, Any]:
    return {"Name": f"{name}.", "Type": "A", "AliasTarget": {"DNSName": to}}


def named(name: str, value: str) -> dict[str, Any]:
    return {"Name": f"{name}.", "Type": "CNAME", "ResourceRecords": [{"Value": value}]}


PROOF = named(f"_a1.{HOST}", "_b2.acm-validations.aws.")


def found(*sets: dict[str, Any]) -> list[str]:
    aws = EmptyAws()
    aws.lists("route53", "list_resource_record_sets", *sets)
    return [each.id for each in records(aws, "Z1", HOST)]


def test_the_alias_of_a_load_balancer_and_the_certificates_proof_are_found() -> None:
    assert found(alias(HOST), PROOF) == [f"Z1_{HOST}_A", f"Z1__a1.{HOST}_CNAME"]


def test_records_of_another_kind_are_somebody_elses() -> None:
    cdn = alias(HOST, "d111.cloudfront.net.")
    assert found(cdn, named(f"docs.{HOST}", "pages.example.net."), alias(f"api.{HOST}")) == []


def test_names_that_only_end_alike_are_not_below_it() -> None:
    assert found(alias(HOST), named("_a1.example.com", "_b2.acm-validations.aws.")) == [f"Z1_{HOST}_A"]
    assert found(named(f"x{HOST}", "_b2.acm-validations.aws.")) == []


def test_a_record_the_state_holds_is_not_left(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.pulumi.config |= {"hostedZoneId": "Z1", "agentsHostname": HOST}
    world.aws.lists("route53", "list_resource_record_sets", alias(HOST), PROOF)
    world.pulumi.hold("aws:route53/record:Record", "entrance", f"Z1_{HOST}_A")
    assert world.left() == [f"Z1__a1.{HOST}_CNAME"]


def test_without_a_zone_no_record_is_ours(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.pulumi.config["agentsHostname"] = HOST
    world.search()
    assert "route53" not in {service for service, _, _ in world.aws.asked}
