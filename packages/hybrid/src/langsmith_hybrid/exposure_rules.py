"""What makes an exposure unusable: every combination that would stand up and then answer nobody, or too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from langsmith_hybrid.errors import Problem

_FEWEST_ZONES = 2

Values = Mapping[str, Any]


def names_and_certificates(
    hostname: str | None, tls: bool, certificate: str | None, zone: str | None
) -> Iterator[Problem]:
    """A certificate and a record are of a name, and https needs a certificate."""
    if hostname is None:
        for key, given in (("certificateArn", certificate), ("hostedZoneId", zone)):
            if given is not None:
                yield Problem(key, "is about a name that is not given.", "Set agentsHostname, or leave it out.")
        return
    if certificate is not None and not tls:
        yield Problem("certificateArn", "is not used while agentsTls is false.", "Leave one of them out.")
    if tls and certificate is None and zone is None:
        remedy = "Set certificateArn, or hostedZoneId to have one made; or agentsTls to false, inside a VPC."
        yield Problem("agentsTls", f"https://{hostname} needs a certificate.", remedy)
    if ":" in hostname and (tls or zone is not None):
        what = f"{hostname} has a port, and the load balancer listens on 443."
        yield Problem("agentsHostname", what, "Leave the port out.")


def certificates_region(certificate: str | None, region: str) -> Iterator[Problem]:
    """A load balancer takes certificates of its own region only."""
    if certificate is not None and certificate.split(":")[3] != region:
        what = f"the certificate is in {certificate.split(':')[3]}, and the load balancer in {region}."
        yield Problem("certificateArn", what, f"Name a certificate in {region}.")


def public_exposure(exposure: str, hostname: str | None, tls: bool) -> Iterator[Problem]:
    """What everybody can reach is encrypted, and has a name to be encrypted for."""
    if exposure != "public":
        return
    if hostname is None:
        yield Problem("exposure", "public agents have no name.", "Set agentsHostname: only a name can have https.")
    elif not tls:
        yield Problem("agentsTls", "is false for public agents.", "Leave it out, or set exposure to internal.")


def public_subnets(exposure: str, vpc_id: str | None, public: tuple[str, ...]) -> Iterator[Problem]:
    """In a VPC of somebody else's a public load balancer needs to be told apart where it may be."""
    if exposure == "public" and vpc_id is not None and len(public) < _FEWEST_ZONES:
        what = f"{len(public)} public subnets of {vpc_id} are named, and a public load balancer needs two zones."
        yield Problem("publicSubnetIds", what, "Name one a zone, in two.")


def namespaces(routing: str, names: tuple[str, ...]) -> Iterator[Problem]:
    """An Ingress routes to Services of its own namespace only."""
    if routing == "ingress" and len(names) > 1:
        what = f"{len(names)} namespaces are given, and an Ingress routes only to Services of its own."
        yield Problem("agentNamespaces", what, "Use one, or set agentsRouting to gateway.")
