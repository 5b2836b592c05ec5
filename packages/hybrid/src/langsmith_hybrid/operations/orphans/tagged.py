"""What carries a stack's tag, wherever in the region it is."""

from __future__ import annotations

from collections.abc import Iterator

from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.orphans.found import Found, plain


def tagged(aws: Aws) -> Iterator[Found]:
    """Everything with a stack's tag, of whichever stack.

    Raises:
        OperationError: As `Aws.each`.
    """
    listed = aws.each(
        "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=[{"Key": STACK_TAG}]
    )
    for each in listed:
        yield Found.by_arn(each["ResourceARN"], plain(each.get("Tags")))


def interfaces(aws: Aws) -> Iterator[Found]:
    """Network interfaces with a stack's tag, as EC2 itself lists them; those that go with what they belong to left out.

    Raises:
        OperationError: As `Aws.each`.
    """
    filters = [{"Name": "tag-key", "Values": [STACK_TAG]}]
    for each in aws.each("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=filters):
        if stands_alone(each):
            yield interface(each)


def interface(described: dict) -> Found:
    """A network interface, from EC2's description."""
    return Found("ec2:network-interface", described["NetworkInterfaceId"], "", plain(described.get("TagSet")))


def stands_alone(described: dict) -> bool:
    """Whether an interface outlives what it is for: a service's own goes with it, as an instance's first does."""
    attached = described.get("Attachment") or {}
    return not described.get("RequesterManaged") and not attached.get("DeleteOnTermination")
