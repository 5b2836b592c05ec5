"""What a call is about, in the words of policies: its action, the ARNs of its resources, and their tags.

Known for S3, Auto Scaling and Secrets Manager; of any other service the action alone is known, and :mod:`.policies`
judges by that.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Mapping
from typing import Any

from moto.eks.models import eks_backends

from langsmith_sandbox.aws.autoscaling import find_group
from langsmith_sandbox.aws.call import Call
from langsmith_sandbox.aws.credentials import ACCOUNT_ID
from langsmith_sandbox.aws.eks import scaling
from langsmith_sandbox.aws.policies import Deed

# Operations of S3 that are judged by another action than their own name. Source: "Actions, resources, and condition
# keys for Amazon S3" in the service authorization reference.
_S3_ACTIONS = {
    "HeadObject": "GetObject",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListBuckets": "ListAllMyBuckets",
    "DeleteObjects": "DeleteObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}


def deed(call: Call, prefix: str, environ: Mapping[str, Any]) -> Deed:
    """What policies judge.

    Args:
        call: The request, its operation known.
        prefix: What policies call its service.
        environ: Its WSGI environment.
    """
    if call.service == "s3":
        return _s3(call, environ)
    if call.service == "autoscaling":
        return _autoscaling(call, environ)
    if call.service == "secretsmanager":
        return _secretsmanager(call, environ)
    return Deed(f"{prefix}:{call.operation}", None)


def _s3(call: Call, environ: Mapping[str, Any]) -> Deed:
    action = f"s3:{_S3_ACTIONS.get(call.operation or '', call.operation)}"
    path = urllib.parse.unquote(environ.get("PATH_INFO", "")).strip("/")
    return Deed(action, (f"arn:aws:s3:::{path}" if path else "*",), {"aws:SecureTransport": "true"})


def _secretsmanager(call: Call, environ: Mapping[str, Any]) -> Deed:
    asked = json.loads(environ["wsgi.input"].getvalue() or b"{}").get("SecretId", "*")
    return Deed(f"secretsmanager:{call.operation}", (asked,))


def _autoscaling(call: Call, environ: Mapping[str, Any]) -> Deed:
    action = f"autoscaling:{call.operation}"
    asked = urllib.parse.parse_qs(environ["wsgi.input"].getvalue().decode())
    named = next((asked[name][0] for name in ("AutoScalingGroupName", "InstanceId") if name in asked), "")
    backend = eks_backends[ACCOUNT_ID][call.region]
    found = find_group(backend, named)
    if found is None:
        return Deed(action, ("*",))  # lists have no resource, and of a group that is not there nothing is known
    tags = {f"aws:ResourceTag/{key}": value for key, value in scaling.scaling_group_tags(*found).items()}
    return Deed(action, (scaling.scaling_group_arn(backend, found[1]),), tags)
