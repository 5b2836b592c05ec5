"""botocore clients, made once for each service and region, and calls through them."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from langsmith_sandbox.providers.aws import shapes
from langsmith_sandbox.providers.aws.errors import ApiError, UnsettledError, from_botocore
from langsmith_sandbox.providers.aws.expressions import evaluate
from langsmith_sandbox.providers.aws.resource import Call
from langsmith_sandbox.providers.plugin import MAX_CALLS

CONNECT_SECONDS = 10
READ_SECONDS = 60
MAX_ATTEMPTS = 5
RETRY_SECONDS = 120.0
"""How long a call is repeated while AWS says that something else must finish first."""

_LONGEST_PAUSE = 5.0

Sleep = Callable[[float], object]


class Clients:
    """Makes API calls for tables' `Call` entries; safe to use from many threads.

    Args:
        region: Region where a resource names none.
        profile: Profile of the AWS configuration files, or ``None`` for the environment's credentials.
        sleep: Waits for so many seconds.
    """

    def __init__(self, region: str, profile: str | None = None, *, sleep: Sleep = time.sleep) -> None:
        self.region = region
        self.sleep = sleep
        self._profile = profile
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    @functools.cached_property
    def _session(self) -> Any:
        from botocore.session import Session  # boto3 would import its managed transfers besides

        return Session(profile=self._profile)

    @functools.cached_property
    def caller(self) -> Mapping[str, str]:
        """Who calls: ``Account``, ``Arn`` and ``UserId``."""
        return self.call("sts", Call("get_caller_identity"), {})

    def client(self, service: str, region: str | None = None) -> Any:
        """The botocore client of a service."""
        key = (service, region or self.region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._made(*key)
            return self._clients[key]

    def _made(self, service: str, region: str) -> Any:
        from botocore.config import Config

        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "max_attempts": MAX_ATTEMPTS},
            max_pool_connections=MAX_CALLS,
        )
        try:
            return self._session.create_client(service, region_name=region, config=config)
        except Exception as error:
            raise from_botocore(service, error) from error

    def call(
        self,
        service: str,
        call: Call,
        document: Mapping[str, Any],
        *,
        takes: Iterable[str] | None = None,
        renamed: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Make ``call`` for the resource in ``document`` and return the answer, all pages of it.

        Args:
            service: boto3's name of the service.
            call: The table's entry.
            document: What its expressions are about; ``region`` chooses the region.
            takes: Instead of ``call.takes``.
            renamed: Members named differently from their property.
            extra: Members that are already in the API's form.

        Raises:
            ProviderError: When the call fails for another reason than those ``call`` foresees.
        """
        client = self.client(service, document.get("region"))
        members = arguments(client, call, document, takes=takes, renamed=renamed or {}) | dict(extra or {})
        waited, pause = 0.0, 0.2
        while True:
            try:
                return self._answer(client, call.operation, members)
            except ApiError as error:
                if error.code in call.ignores.split():
                    return {}
                if error.code not in call.retries.split() or waited > RETRY_SECONDS:
                    raise
            self._pause(call.operation, pause)
            waited += pause
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _pause(self, operation: str, seconds: float) -> None:
        if self.sleep(seconds) is True:
            raise UnsettledError(f"{operation} was cancelled.", "Run the update again to go on.")

    @staticmethod
    def _answer(client: Any, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        try:
            if client.can_paginate(operation):
                answer = client.get_paginator(operation).paginate(**members).build_full_result()
            else:
                answer = getattr(client, operation)(**members)
        except Exception as error:
            raise from_botocore(operation, error) from error
        for refused in answer.get("Unsuccessful") or ():
            error = refused.get("Error", {})
            raise ApiError(operation, error.get("Code", "Unknown"), error.get("Message", ""))
        return answer


def arguments(
    client: Any,
    call: Call,
    document: Mapping[str, Any],
    *,
    takes: Iterable[str] | None = None,
    renamed: Mapping[str, str],
) -> dict[str, Any]:
    """The members of a call: properties under the members of their name, and what the table adds."""
    api_name = client.meta.method_to_api_mapping[call.operation]
    shape = client.meta.service_model.operation_model(api_name).input_shape
    members: dict[str, Any] = {}
    for name in call.takes.split() if takes is None else takes:
        if document.get(name) is not None:
            member = shapes.member_of(shape, renamed.get(name, name))
            if member is None:
                raise AssertionError(f"{call.operation} has no member for {name}")
            members[member] = shapes.to_api(document[name], shape.members[member])
    for member, expression in call.members.items():
        value = evaluate(expression, document)
        if value is not None:
            members[member] = shapes.to_api(value, shape.members[member])
    return members
