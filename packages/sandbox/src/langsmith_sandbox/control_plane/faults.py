"""Faults a test orders: error answers, silence, dropped connections, and answers lost after the work was done."""

from __future__ import annotations

import asyncio
import random
import re
import threading
from typing import Annotated, Literal

import pydantic
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_PREFIX = "/_sandbox/"


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


class Fault(pydantic.BaseModel):
    """One order.

    Attributes:
        method: Which requests, ``*`` for all.
        path: A regular expression the whole path must match.
        status: The answer's status; None drops the connection instead.
        times: How many requests it hits; None for all, until it is cancelled.
        when: ``after`` does the work first, so that only the answer is lost.
        retry_after: Seconds for the header of that name.
        silence: Seconds in which nothing is answered, before the status or the drop.
        probability: Chance of each request that it fits to be hit.
        seed: Makes those chances come out the same each time.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    method: str = "*"
    path: Annotated[str, pydantic.AfterValidator(_pattern)] = ".*"
    status: Annotated[int | None, pydantic.Field(ge=400, le=599)] = None
    detail: str = "Injected by the sandbox."
    times: Annotated[int | None, pydantic.Field(ge=1)] = 1
    when: Literal["before", "after"] = "before"
    retry_after: Annotated[int | None, pydantic.Field(ge=0)] = None
    silence: Annotated[float, pydantic.Field(ge=0)] = 0.0
    probability: Annotated[float, pydantic.Field(gt=0, le=1)] = 1.0
    seed: int | None = None

    def fits(self, method: str, path: str) -> bool:
        """Whether the request is one of those meant."""
        return self.method in ("*", method) and re.fullmatch(self.path, path) is not None


class _Order:
    """A fault with what is left of it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.left = fault.times
        self._random = random.Random(fault.seed)  # noqa: S311 - chance, not a secret

    def hits(self, method: str, path: str) -> bool:
        """Whether this request is hit; counts it."""
        if not self.fault.fits(method, path) or self._random.random() >= self.fault.probability:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The orders still open. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[_Order] = []

    def order(self, fault: Fault) -> None:
        """Adds one; earlier orders are served first."""
        with self._lock:
            self._open.append(_Order(fault))

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._open.clear()

    def open(self) -> list[Fault]:
        """What is still to come."""
        with self._lock:
            return [order.fault.model_copy(update={"times": order.left}) for order in self._open]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, counted down."""
        with self._lock:
            for order in self._open:
                if order.hits(method, path):
                    self._open = [each for each in self._open if each.left != 0]
                    return order.fault
            return None


class InjectFaults:
    """ASGI middleware that serves the orders."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the request, or what was ordered instead."""
        if scope["type"] != "http" or scope["path"].startswith(OWN_PREFIX):
            await self._app(scope, receive, send)
            return
        fault = self._faults.take(scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
            return
        if fault.when == "after":
            await self._app(scope, receive, _discard)
        if fault.silence:
            await _stay_silent(fault.silence, receive)
        if fault.status is None:
            # A promised body that never comes makes the server close the connection.
            headers = [(b"content-length", b"1")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            return
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        await JSONResponse({"detail": fault.detail}, status_code=fault.status, headers=headers)(scope, receive, send)


async def _stay_silent(seconds: float, receive: Receive) -> None:
    """Waits, but no longer than the client does."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass


async def _discard(message: Message) -> None:
    """Where a lost answer goes."""
