"""What the session of a role may do: no more than the role's policies say.

The operator may do everything, as an account's administrator. Pods, whose credentials are sessions of their roles, may
not, so that a controller without its policy fails here as it would on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role, iam_backends
from moto.sts.models import sts_backends
from werkzeug.wrappers import Response

from langsmith_sandbox.aws import call_subjects, wire
from langsmith_sandbox.aws.call import Call
from langsmith_sandbox.aws.credentials import PARTITION, role_of
from langsmith_sandbox.aws.policies import Verdict, judge

# What policies call a service, where the API's own name is another.
_PREFIXES = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag", "service-quotas": "servicequotas"}
# Everybody may ask who they are.
_FREE = {("sts", "GetCallerIdentity")}
_CODES = {
    "ec2": (403, "UnauthorizedOperation"),
    "query": (403, "AccessDenied"),
    "rest-xml": (403, "AccessDenied"),
    "json": (400, "AccessDeniedException"),
    "rest-json": (403, "AccessDeniedException"),
}


def refusal(call: Call, environ: Mapping[str, Any]) -> Response | None:
    """The answer AWS gives to a role's session that does what no policy of the role allows; None when it may."""
    arn = role_of(call.access_key)
    if arn is None or call.operation is None or (call.service, call.operation) in _FREE:
        return None
    prefix = _PREFIXES.get(call.service, call.service)
    deed = call_subjects.deed(call, prefix, environ)
    verdict = judge(_documents(arn), deed)
    if verdict is Verdict.ALLOWED:
        return None
    status, code = _CODES[call.protocol]
    about = f" on resource: {deed.resources[0]}" if deed.resources else ""
    reason = (
        "with an explicit deny in an identity-based policy"
        if verdict is Verdict.DENIED
        else f"because no identity-based policy allows the {deed.action} action"
    )
    said = f"User: {_caller(call.access_key)} is not authorized to perform: {deed.action}{about} {reason}"
    opening = "You are not authorized to perform this operation. " if call.protocol == "ec2" else ""
    return wire.error(call.protocol, status, code, opening + said)


def _documents(role_arn: str) -> Iterator[Mapping[str, Any]]:
    """The inline and attached policies of a role; none when it has been deleted since."""
    role = find_role(role_arn)
    if role is None:
        return
    yield from (_parsed(document) for document in role.policies.values())
    for policy in role.managed_policies.values():
        yield from (_parsed(version.document) for version in policy.versions if version.is_default)


def find_role(arn: str) -> Role | None:
    """The role behind an ARN, if there is one."""
    account = arn.split(":")[4]
    try:
        return iam_backends[account][PARTITION].get_role_by_arn(arn)
    except NotFoundException:
        return None


def _parsed(document: Any) -> Mapping[str, Any]:
    return json.loads(document) if isinstance(document, str) else document


def _caller(access_key: str) -> str:
    for account in list(sts_backends.values()):
        session = account[PARTITION].get_assumed_role_from_access_key(access_key)
        if session is not None:
            return str(session.arn)
    return access_key
