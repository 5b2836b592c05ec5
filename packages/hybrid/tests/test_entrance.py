"""The way in: who may come, by which load balancer, under which name, and how several namespaces share it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from policy_rules import RULES, Plan

from langsmith_hybrid.component import STACK_TAG

if TYPE_CHECKING:
    from conftest import RecordingEngine

Declare = Callable[..., "RecordingEngine"]

NAME = "agents.example.com"
ZONE = "Z0123456789ABCDEFGHIJ"
GIVEN = "arn:aws:acm:eu-west-1:111122223333:certificate/01234567-89ab-4cde-8f01-23456789abcd"
MADE = "arn:aws:mock:::entrance"
ADDRESS = "agents-1.eu-west-1.elb.amazonaws.com"

GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
PARAMETERS = "kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams"
RECORD = "aws:route53/record:Record"
RELEASE = "kubernetes:helm.sh/v3:Release"
SETTINGS = "kubernetes:gateway.k8s.aws/v1:LoadBalancerConfiguration"


def the(engine: RecordingEngine, token: str) -> dict[str, Any]:
    """Inputs of the one resource of a type."""
    (found,) = engine.of_type(token)
    return found.inputs


def comers(engine: RecordingEngine) -> dict[int, str]:
    """Who may come to the load balancer, by port."""
    return {
        rule.inputs["fromPort"]: rule.inputs["cidrIpv4"]
        for rule in engine.of_type(INGRESS_RULE)
        if rule.inputs["securityGroupId"] == "entrance-SecurityGroup"
    }


def chart(engine: RecordingEngine) -> dict[str, Any]:
    values = engine.named(RELEASE, "data-plane").inputs["values"]
    return {key: values[key] for key in ("gateway", "ingress")}


def test_by_default_agents_are_behind_a_gateway_only_the_vpc_reaches(declare: Declare) -> None:
    engine = declare()
    assert the(engine, SETTINGS)["spec"]["scheme"] == "internal"
    assert comers(engine) == {80: "10.0.0.0/16"}
    (listener,) = the(engine, GATEWAY)["spec"]["listeners"]
    assert (listener["protocol"], listener["port"]) == ("HTTP", 80)
    assert chart(engine) == {
        "gateway": {"enabled": True, "name": "agents-internal", "namespace": "langsmith-entrance", "hostname": ""},
        "ingress": {"enabled": False, "tlsEnabled": False},
    }
    assert engine.exported["loadBalancerAddress"], "an address is all there is without a name"


def test_the_engine_goes_on_when_the_load_balancer_serves(declare: Declare) -> None:
    gateway = the(declare(), GATEWAY)
    assert gateway["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Programmed"}


def test_a_name_in_a_zone_gets_a_proven_certificate_and_a_record_of_the_load_balancer(declare: Declare) -> None:
    engine = declare(agentsHostname=NAME, hostedZoneId=ZONE)
    assert the(engine, "aws:acm/certificate:Certificate")["validationMethod"] == "DNS"
    proof = engine.named(RECORD, "entrance-proof").inputs
    assert (proof["name"], proof["records"]) == ("_a1.agents.example.com.", ["_b2.acm-validations.aws."])
    issued = the(engine, "aws:acm/certificateValidation:CertificateValidation")
    assert issued == {"certificateArn": MADE, "validationRecordFqdns": ["_a1.agents.example.com."]}
    record = engine.named(RECORD, "entrance").inputs
    assert (record["zoneId"], record["name"], record["type"]) == (ZONE, NAME, "A")
    assert record["aliases"] == [{"name": ADDRESS, "zoneId": "Z32O12XQLNTSW2", "evaluateTargetHealth": False}]


def test_a_given_certificate_is_used_and_none_is_made(declare: Declare) -> None:
    engine = declare(agentsHostname=NAME, certificateArn=GIVEN)
    (listener,) = the(engine, SETTINGS)["spec"]["listenerConfigurations"]
    assert (listener["protocolPort"], listener["defaultCertificate"]) == ("HTTPS:443", GIVEN)
    assert not engine.of_type("aws:acm/certificate:Certificate")
    assert not engine.of_type(RECORD), "a name whose zone is not known is somebody else's to record"


def test_inside_the_vpc_plain_http_is_sent_on_and_never_served(declare: Declare) -> None:
    engine = declare(agentsHostname=NAME, certificateArn=GIVEN)
    assert comers(engine) == {80: "10.0.0.0/16", 443: "10.0.0.0/16"}
    secure, plain = the(engine, GATEWAY)["spec"]["listeners"]
    assert (secure["port"], secure["allowedRoutes"]["namespaces"]["from"]) == (443, "Selector")
    assert (plain["port"], plain["allowedRoutes"]["namespaces"]["from"]) == (80, "Same"), (
        "an agent's route, which names no listener, must not attach to this one"
    )
    redirect = the(engine, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")["spec"]
    assert redirect["parentRefs"] == [{"name": "agents-internal", "sectionName": "http"}]
    assert redirect["rules"][0]["filters"][0]["requestRedirect"] == {"scheme": "https", "statusCode": 301}


@pytest.mark.parametrize("routing", ["gateway", "ingress"])
def test_everybody_reaches_443_of_a_public_load_balancer_and_nothing_else(declare: Declare, routing: str) -> None:
    engine = declare(exposure="public", agentsHostname=NAME, certificateArn=GIVEN, agentsRouting=routing)
    assert the(engine, SETTINGS if routing == "gateway" else PARAMETERS)["spec"]["scheme"] == "internet-facing"
    assert comers(engine) == {443: "0.0.0.0/0"}


@pytest.mark.parametrize("routing", ["gateway", "ingress"])
def test_a_public_stack_keeps_every_rule_of_a_private_one(declare: Declare, routing: str) -> None:
    engine = declare(exposure="public", agentsHostname=NAME, certificateArn=GIVEN, agentsRouting=routing)
    plan = Plan(engine.registered)
    broken = {rule.name: [each.name for each in rule.offenders(plan)] for rule in RULES}
    assert not {name: offenders for name, offenders in broken.items() if offenders}


def test_the_load_balancer_reaches_agents_servers_and_nothing_else(declare: Declare) -> None:
    engine = declare()
    out = engine.named("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "entrance-agents").inputs
    assert (out["referencedSecurityGroupId"], out["fromPort"], out["toPort"]) == ("sg-cluster", 8000, 8000)
    into = engine.named(INGRESS_RULE, "entrance-agents").inputs
    assert (into["securityGroupId"], into["referencedSecurityGroupId"]) == ("sg-cluster", "entrance-SecurityGroup")


def test_several_namespaces_attach_to_one_gateway_and_no_other_may(declare: Declare) -> None:
    engine = declare(agentNamespaces='["agents", "more-agents"]')
    (listener,) = the(engine, GATEWAY)["spec"]["listeners"]
    (expression,) = listener["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"]
    assert expression == {
        "key": "kubernetes.io/metadata.name",
        "operator": "In",
        "values": ["agents", "more-agents"],
    }
    values = engine.named(RELEASE, "data-plane").inputs["values"]
    assert values["config"]["watchNamespaces"] == values["operator"]["watchNamespaces"] == "agents,more-agents"
    assert {each.name for each in engine.of_type("kubernetes:core/v1:Namespace")} >= {"agents", "more-agents"}


def test_another_exposure_is_another_gateway_since_aws_changes_no_scheme(declare: Declare) -> None:
    before = the(declare(agentsHostname=NAME, certificateArn=GIVEN), GATEWAY)
    after = the(declare(exposure="public", agentsHostname=NAME, certificateArn=GIVEN, agentsRouting="gateway"), GATEWAY)
    assert before["metadata"]["name"] != after["metadata"]["name"], "the name is what has it replaced"


def test_by_ingress_the_charts_own_shares_the_load_balancer_of_ours(declare: Declare) -> None:
    engine = declare(agentsRouting="ingress", agentsHostname=NAME, hostedZoneId=ZONE)
    assert not engine.of_type(GATEWAY)
    assert not engine.of_type("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"), "none is needed"
    ours = the(engine, INGRESS)
    values = chart(engine)
    assert values["gateway"] == {"enabled": False}
    assert values["ingress"]["ingressClassName"] == ours["spec"]["ingressClassName"] == "agents-internal"
    parameters = the(engine, PARAMETERS)["spec"]
    assert (parameters["group"], parameters["certificateArn"]) == ({"name": "agents-internal"}, [MADE])
    ports = "alb.ingress.kubernetes.io/listen-ports"
    annotations = ours["metadata"]["annotations"]
    assert annotations[ports] == values["ingress"]["annotations"][ports] == '[{"HTTP": 80}, {"HTTPS": 443}]'
    assert annotations["alb.ingress.kubernetes.io/security-groups"] == "entrance-SecurityGroup"
    assert engine.named(RECORD, "entrance").inputs["aliases"][0]["name"] == ADDRESS


def test_the_controller_is_told_what_no_pod_can_ask_its_node(declare: Declare) -> None:
    values = declare().named(RELEASE, "load-balancer-controller").inputs["values"]
    assert (values["region"], values["vpcId"]) == ("eu-west-1", "network-Vpc")
    assert values["clusterName"] == "agents-dev-1a2b3c4"
    assert values["defaultTags"][STACK_TAG] == "langsmith-hybrid/test", "whoever sweeps finds its load balancers too"


def test_the_controller_changes_nothing_but_load_balancers_of_its_own_cluster(declare: Declare) -> None:
    engine = declare()
    document = json.loads(engine.named("aws:iam/rolePolicy:RolePolicy", "load-balancer-controller").inputs["policy"])
    for statement in document["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        reading = all(action.partition(":")[2].startswith(("Describe", "Get", "List")) for action in actions)
        assert reading or statement["Resource"] != "*", f"{actions} are allowed on everything"
        assert not any(action.startswith("ec2:") and not reading for action in actions), "groups are made here"
    conditions = [each["Condition"]["StringEquals"] for each in document["Statement"] if "Condition" in each]
    owners = {value for each in conditions for key, value in each.items() if "elbv2.k8s.aws/cluster" in key}
    assert owners == {"agents-dev-1a2b3c4"}
