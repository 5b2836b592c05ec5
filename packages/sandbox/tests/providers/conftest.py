"""A provider behind the engine's own protocol, without an engine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2_grpc

from langsmith_sandbox.providers.plugin import Provider
from langsmith_sandbox.providers.servicer import ProviderServicer

Serve = Callable[[Provider], AbstractContextManager[Any]]


@contextlib.contextmanager
def _served(provider: Provider) -> Iterator[Any]:
    server = grpc.server(ThreadPoolExecutor(8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderServicer(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None).wait()


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serves a provider on a socket and gives the stub that calls it."""
    return _served
