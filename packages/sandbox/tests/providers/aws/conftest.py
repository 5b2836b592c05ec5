"""The AWS provider as the engine drives it, against the emulator on a socket; waits move the emulator's clock."""

from __future__ import annotations

import dataclasses
import functools
import os
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from pulumi.runtime import proto

from langsmith_sandbox.aws.clock import Clock
from langsmith_sandbox.aws.context import Context
from langsmith_sandbox.aws.credentials import OperatorKey
from langsmith_sandbox.aws.emulator import Emulator
from langsmith_sandbox.aws.host import server
from langsmith_sandbox.providers.aws.provider import AwsProvider
from langsmith_sandbox.providers.properties import Properties, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REGION = "us-east-1"
ZONES = ("us-east-1a", "us-east-1b")
_KEY = OperatorKey("AKIASANDBOXOPERATOR0", "the operator's secret")
_LONGER_THAN_ANY_STATE = 60.0


@dataclasses.dataclass(frozen=True)
class Made:
    """A resource as the engine would have it in its state."""

    engine: Engine
    urn: str
    resource_id: str
    inputs: Properties
    outputs: Properties

    def __getitem__(self, name: str) -> Any:
        return self.outputs[name]

    def checked(self, **changes: Any) -> Properties:
        """The inputs with ``changes``, as the provider completes them; a change to ``None`` takes a property away."""
        wanted = {name: value for name, value in {**self.inputs, **changes}.items() if value is not None}
        answer = self.engine.check(self.urn, wanted, self.inputs)
        assert not answer.failures, answer.failures
        return decode(answer.inputs)

    def diff(self, inputs: Properties | None = None) -> Any:
        """What the provider says differs."""
        news = self.inputs if inputs is None else inputs
        request = proto.DiffRequest(
            id=self.resource_id,
            urn=self.urn,
            olds=encode(self.outputs),
            news=encode(news),
            old_inputs=encode(self.inputs),
        )
        return self.engine.stub.Diff(request)

    def updated(self, preview: bool = False, **changes: Any) -> Made:
        """The resource after an update with ``changes``."""
        inputs = self.checked(**changes)
        request = proto.UpdateRequest(
            id=self.resource_id,
            urn=self.urn,
            olds=encode(self.outputs),
            news=encode(inputs),
            old_inputs=encode(self.inputs),
            preview=preview,
        )
        outputs = decode(self.engine.stub.Update(request).properties)
        return dataclasses.replace(self, inputs=inputs, outputs=outputs)

    def refreshed(self) -> Made | None:
        """The resource as AWS has it now, or ``None`` if it is gone."""
        request = proto.ReadRequest(
            id=self.resource_id, urn=self.urn, properties=encode(self.outputs), inputs=encode(self.inputs)
        )
        answer = self.engine.stub.Read(request)
        if not answer.id:
            return None
        return dataclasses.replace(self, inputs=decode(answer.inputs), outputs=decode(answer.properties))

    def imported(self) -> Made | None:
        """The resource as an import by its id finds it."""
        answer = self.engine.stub.Read(proto.ReadRequest(id=self.resource_id, urn=self.urn))
        return dataclasses.replace(self, inputs=decode(answer.inputs), outputs=decode(answer.properties))

    def delete(self) -> None:
        """Remove it."""
        request = proto.DeleteRequest(id=self.resource_id, urn=self.urn, properties=encode(self.outputs))
        self.engine.stub.Delete(request)


@dataclasses.dataclass(frozen=True)
class Engine:
    """Calls the provider in the order in which the engine does."""

    stub: Any

    def check(self, urn: str, inputs: Properties, old_inputs: Properties | None = None) -> Any:
        # The account outlives a test, and so may what a test has made: each test's names are its own.
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        seed = f"{test} {urn}".encode()
        news, olds = encode(inputs), encode(old_inputs or {})
        return self.stub.Check(proto.CheckRequest(urn=urn, news=news, olds=olds, randomSeed=seed))

    def failures(self, token: str, /, **inputs: Any) -> dict[str, str]:
        """What is wrong with the inputs of a new resource, by property."""
        return {each.property: each.reason for each in self.check(urn(token, "main"), inputs).failures}

    def preview(self, token: str, name: str = "main", /, **inputs: Any) -> Properties:
        """The outputs a preview foretells for a new resource."""
        checked = self.check(urn(token, name), inputs)
        assert not checked.failures, checked.failures
        request = proto.CreateRequest(urn=urn(token, name), properties=checked.inputs, preview=True)
        return decode(self.stub.Create(request).properties)

    def create(self, token: str, name: str = "main", /, **inputs: Any) -> Made:
        """Check and create a resource."""
        checked = self.check(urn(token, name), inputs)
        assert not checked.failures, checked.failures
        answer = self.stub.Create(proto.CreateRequest(urn=urn(token, name), properties=checked.inputs))
        return Made(self, urn(token, name), answer.id, decode(checked.inputs), decode(answer.properties))

    def invoke(self, token: str, **arguments: Any) -> Properties:
        """Call a function."""
        answer = self.stub.Invoke(proto.InvokeRequest(tok=token, args=encode(arguments)))
        return decode(getattr(answer, "return"))


def urn(token: str, name: str) -> str:
    """The name the engine gives a resource."""
    return f"urn:pulumi:dev::project::{token}::{name}"


@pytest.fixture(scope="session")
def emulator_clock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clock]:
    """The clock of an emulated account that boto3 finds through the environment."""
    clock = Clock()
    state: Path = tmp_path_factory.mktemp("aws")
    listening = server(Emulator(_KEY, Context(clock=clock, registry="127.0.0.1:5000"), state))
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listening.server_port}")
        patch.setenv("AWS_ACCESS_KEY_ID", _KEY.access_key_id)
        patch.setenv("AWS_SECRET_ACCESS_KEY", _KEY.secret_access_key)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield clock
    listening.shutdown()
    listening.server_close()


@pytest.fixture(scope="session")
def engine(emulator_clock: Clock, serve: Callable[..., Any]) -> Iterator[Engine]:
    """The configured provider, whose waits take no time. It keeps nothing of a resource from one call to the next."""

    def sleep(_: float) -> None:
        emulator_clock.jump(_LONGER_THAN_ANY_STATE)

    with serve(AwsProvider(sleep)) as stub:
        config = {"region": REGION, "defaultTags": '{"tags": {"stack": "dev"}}'}
        stub.Configure(proto.ConfigureRequest(args=encode(config)))
        yield Engine(stub)


@pytest.fixture(scope="session")
def aws(emulator_clock: Clock) -> Callable[[str], Any]:
    """Clients of the same account, to change things behind the provider's back."""
    session = boto3.Session()  # boto3's own would keep the keys of whoever asked first
    return functools.cache(lambda service: session.client(service, region_name=REGION))
