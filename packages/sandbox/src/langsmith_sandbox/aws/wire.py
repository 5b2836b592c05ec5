"""Errors in the shapes AWS SDKs parse, one shape a protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_REQUEST_ID = "00000000-0000-4000-8000-000000000000"


def error(protocol: str, status: int, code: str, message: str) -> Response:
    """An AWS error answer.

    Args:
        protocol: ec2, query, json, rest-json or rest-xml.
        status: HTTP status.
        code: AWS error code.
        message: One sentence for people.
    """
    headers = {"x-amzn-RequestId": _REQUEST_ID}
    if protocol in {"json", "rest-json"}:
        body = {"message": message} if protocol == "rest-json" else {"__type": code, "message": message}
        headers["x-amzn-ErrorType"] = code
        return Response(json.dumps(body), status, headers, content_type="application/json")
    return Response(_xml(protocol, code, escape(message)), status, headers, content_type="text/xml")


def _xml(protocol: str, code: str, message: str) -> str:
    if protocol == "ec2":
        return (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{_REQUEST_ID}</RequestID></Response>"
        )
    if protocol == "rest-xml":
        return f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{_REQUEST_ID}</RequestId></Error>"
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        f"<RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
    )
