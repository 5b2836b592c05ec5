"""Who may connect to a store: members of one security group, on one port, and nobody else."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws


def reachable_from(
    client_security_group_id: pulumi.Input[str],
    *,
    name: str,
    vpc_id: pulumi.Input[str],
    port: int,
    description: str,
    opts: pulumi.ResourceOptions,
) -> aws.ec2.SecurityGroup:
    """A security group that lets the clients' group in on ``port`` and lets nothing out.

    Rules are resources of their own: inline ones would remove whatever anybody else adds, and drift for ever.
    """
    firewall = aws.ec2.SecurityGroup(name, description=description, vpc_id=vpc_id, opts=opts)
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-cluster",
        security_group_id=firewall.id,
        referenced_security_group_id=client_security_group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        opts=opts,
    )
    return firewall
