"""The tables against the SDK they imitate and the API they call: a typo in either direction is found here."""

from __future__ import annotations

import functools
import re
from typing import Any

import jmespath
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from langsmith_sandbox.providers.aws import shapes
from langsmith_sandbox.providers.aws.catalogue import all_resources, resource_of
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Resource
from langsmith_sandbox.providers.aws.schema import schema_of
from langsmith_sandbox.providers.plugin import ProviderError

TYPES = """
acm:Certificate acm:CertificateValidation cloudwatch:LogGroup ec2:DefaultSecurityGroup ec2:Eip ec2:FlowLog
ec2:InternetGateway ec2:LaunchTemplate ec2:NatGateway ec2:Route ec2:RouteTable ec2:RouteTableAssociation
ec2:SecurityGroup ec2:Subnet ec2:Vpc ec2:VpcEndpoint ecr:LifecyclePolicy ecr:Repository eks:AccessEntry
eks:AccessPolicyAssociation eks:Addon eks:Cluster eks:NodeGroup eks:PodIdentityAssociation elasticache:ParameterGroup
elasticache:ReplicationGroup elasticache:SubnetGroup iam:Policy iam:Role iam:RolePolicy iam:RolePolicyAttachment
kms:Key rds:Instance rds:ParameterGroup rds:SubnetGroup route53:Record s3:Bucket s3:BucketLifecycleConfiguration
s3:BucketOwnershipControls s3:BucketPolicy s3:BucketPublicAccessBlock s3:BucketServerSideEncryptionConfiguration
s3:BucketVersioning vpc:SecurityGroupEgressRule vpc:SecurityGroupIngressRule
"""

each_resource = pytest.mark.parametrize("resource", all_resources(), ids=lambda each: each.type)


def calls_of(resource: Resource) -> list[Call]:
    """Every call of an entry."""
    steps = (*resource.after_create, *resource.before_delete)
    listings = [step.listing for step in steps if step.listing]
    calls = [resource.create, resource.read, *resource.also.values(), *(update.call for update in resource.updates)]
    calls += [*(step.call for step in steps), *listings, *([resource.delete] if resource.delete else [])]
    if resource.tagging:
        calls += [Call(resource.tagging.add, members=resource.tagging.target)]
        calls += [Call(resource.tagging.remove, members=resource.tagging.target)]
        calls += [resource.tagging.lookup] if resource.tagging.lookup else []
    return calls


@functools.cache
def model_of(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def input_shape(resource: Resource, call: Call) -> Any:
    model = model_of(resource.service)
    wanted = call.operation.replace("_", "")
    names: Any = model.operation_names
    (name,) = [name for name in names if name.lower() == wanted]
    return model.operation_model(name).input_shape


def test_exactly_the_types_the_program_uses_are_there() -> None:
    assert sorted(entry.type for entry in all_resources()) == sorted(
        f"aws:{module}/{name[0].lower()}{name[1:]}:{name}"
        for module, name in (each.split(":") for each in TYPES.split())
    )


def test_any_other_type_is_refused_by_name() -> None:
    for token in ("aws:ec2/instance:Instance", "aws:lambda/function:Function"):
        with pytest.raises(ProviderError, match=token):
            resource_of(token)


@each_resource
def test_what_an_entry_accepts_is_what_the_sdk_declares(resource: Resource) -> None:
    inputs = schema_of(resource.type).inputs
    assert resource.accepted - inputs.keys() - {"region"} == set()
    assert schema_of(resource.type).required <= resource.accepted, "a required property must be handled"


@each_resource
def test_every_property_an_entry_names_exists(resource: Resource) -> None:
    schema = schema_of(resource.type)
    for names in (resource.computed, resource.local, resource.write_only, resource.documents, resource.ordered):
        assert set(names.split()) <= schema.inputs.keys(), names
    assert {name.partition(".")[0] for name in resource.replaced_by.split()} - {"*"} <= schema.inputs.keys()
    assert resource.defaults.keys() <= resource.accepted
    assert {*resource.outputs, *resource.volatile.split()} <= schema.outputs.keys()
    assert resource.renamed.keys() <= schema.outputs.keys()


@each_resource
def test_every_accepted_property_can_change(resource: Resource) -> None:
    updated = {name for update in resource.updates for name in update.properties.split()}
    replaced = {name.partition(".")[0] for name in resource.replaced_by.split()}
    steering = {*resource.local.split(), *resource.write_only.split(), "region", "tags"}
    if "*" not in replaced:
        assert resource.accepted - updated - replaced - steering == set(), "a change would be accepted and then ignored"


@each_resource
def test_every_call_exists_and_takes_what_it_is_given(resource: Resource) -> None:
    for call in calls_of(resource):
        shape = input_shape(resource, call)
        for name in call.takes.split():
            assert shapes.member_of(shape, resource.renamed.get(name, name)), f"{call.operation} takes no {name}"
        assert set(call.members) <= set(shape.members), call.operation


@each_resource
def test_nested_properties_have_members_of_the_api(resource: Resource) -> None:
    shape, inputs = input_shape(resource, resource.create), schema_of(resource.type).inputs
    for name in resource.create.takes.split():
        member = shapes.member_of(shape, resource.renamed.get(name, name))
        assert member is not None
        _assert_known(name, inputs[name], shape.members[member])


#: Nested properties of the SDK that the create call has no member for; AWS or another call sets them.
ELSEWHERE = {"clusterSecurityGroupId", "serviceIpv6Cidr", "vpcId"}


def _assert_known(path: str, declared: Any, shape: Any) -> None:
    while shape.type_name == "list":
        shape = shape.member
    while declared.kind == "list":
        declared = declared.items
    for name, nested in declared.fields.items():
        member = shapes.member_of(shape, name)
        assert member or name in ELSEWHERE, f"{path}.{name} is accepted, but AWS has no such member"
        if member:
            _assert_known(f"{path}.{name}", nested, shape.members[member])


@each_resource
def test_every_expression_is_well_formed(resource: Resource) -> None:
    expressions = [resource.identity, *resource.outputs.values()]
    expressions += [update.only_if for update in resource.updates if update.only_if]
    expressions += [wait.status for wait in (resource.ready, resource.gone) if wait]
    for step in (*resource.after_create, *resource.before_delete):
        expressions += [each for each in (step.when, step.each) if each]
    for call in calls_of(resource):
        expressions += call.members.values()
        expressions += [call.at] if isinstance(call, Lookup) else []
    for expression in expressions:
        assert jmespath.compile(expression)


@each_resource
def test_what_can_be_named_has_its_name_among_its_inputs(resource: Resource) -> None:
    if resource.naming:
        inputs = schema_of(resource.type).inputs
        assert {resource.naming.property, resource.naming.prefix} - {""} <= inputs.keys()
    assert (resource.tagging is not None) == ("tags" in schema_of(resource.type).inputs)


def test_error_codes_are_single_words() -> None:
    calls = [call for entry in all_resources() for call in calls_of(entry)]
    codes = {code for call in calls for code in f"{call.ignores} {call.retries}".split()}
    assert all(re.fullmatch(r"[A-Za-z.]+|404", code) for code in codes)
