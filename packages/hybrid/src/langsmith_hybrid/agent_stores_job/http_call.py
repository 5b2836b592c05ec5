"""One HTTP request: bounded in time and size, and never shown to anybody."""

from __future__ import annotations

import dataclasses
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

_TIMEOUT = 10.0  # seconds
_LARGEST_ANSWER = 4 << 20  # bytes; etcd takes no object above 1.5 MiB


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = dataclasses.field(repr=False)


class UnreachableError(Exception):
    """Nothing came back; the text is the kind of trouble."""


# method, URL, headers, body
Transport = Callable[[str, str, Mapping[str, str], bytes | None], Answer]


def transport(authority: str | None = None) -> Transport:
    """The real one, which goes through no proxy.

    Args:
        authority: File of the only certificate authority to believe, else the system's are.
    """
    context = ssl.create_default_context(cafile=authority)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _NoRedirect()
    )

    def call(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310
        try:
            with opener.open(request, timeout=_TIMEOUT) as answer:
                return Answer(answer.status, answer.read(_LARGEST_ANSWER))
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.read(_LARGEST_ANSWER))
        except (OSError, http.client.HTTPException) as problem:
            raise UnreachableError(type(problem).__name__) from None

    return call


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """None of these services redirects, and what is sent must not go anywhere else."""

    def http_error_302(self, *_: Any, **__: Any) -> None:
        return None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302
