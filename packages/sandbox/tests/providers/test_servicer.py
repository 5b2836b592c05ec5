"""The protocol's edge: what the engine gets for results, failures and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest
from pulumi.runtime import proto
from pulumi.runtime.proto import status_pb2

from langsmith_sandbox.providers import plugin
from langsmith_sandbox.providers.properties import Secret, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

URN = "urn:pulumi:dev::project::my:Component$aws:ec2/vpc:Vpc::main"


class Scripted:
    """A provider whose next answer, or failure, is set by the test; it keeps what it was asked."""

    version = "1.2.3"
    echoes: Mapping[str, str] = {"tagsAll": "tags"}

    def __init__(self) -> None:
        self.answer: Any = None
        self.asked: list[Any] = []
        self.cancelled = False

    def _play(self, *request: Any) -> Any:
        self.asked.extend(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    check_config = diff_config = configure = check = diff = create = read = update = delete = invoke = _play

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def provider() -> Scripted:
    return Scripted()


@pytest.fixture
def stub(provider: Scripted, serve: Callable[..., Any]) -> Iterator[Any]:
    with serve(provider) as stub:
        yield stub


def test_the_provider_sees_plain_values_and_the_parts_of_the_name(provider: Scripted, stub: Any) -> None:
    provider.answer = plugin.Instance("vpc-1", {})
    stub.Create(proto.CreateRequest(urn=URN, properties=encode({"cidrBlock": Secret("10.0.0.0/16")}), timeout=9))
    (request,) = provider.asked
    assert request.inputs == {"cidrBlock": "10.0.0.0/16"}
    assert (request.subject.type, request.subject.name, request.timeout) == ("aws:ec2/vpc:Vpc", "main", 9)


def test_secret_inputs_come_back_secret_also_under_another_name(provider: Scripted, stub: Any) -> None:
    tags = {"owner": "me"}
    provider.answer = plugin.Instance("vpc-1", {"tags": tags, "tagsAll": tags, "arn": "arn:1"})
    answer = stub.Create(proto.CreateRequest(urn=URN, properties=encode({"tags": {"owner": Secret("me")}})))
    hidden = {"owner": Secret("me")}
    assert decode(answer.properties) == {"tags": hidden, "tagsAll": hidden, "arn": "arn:1"}


def test_a_refresh_keeps_what_was_secret_in_the_state(provider: Scripted, stub: Any) -> None:
    provider.answer = plugin.Instance("db-1", {"password": "new"}, {"password": "new"})
    request = proto.ReadRequest(id="db-1", urn=URN, properties=encode({"password": Secret("old")}))
    assert decode(stub.Read(request).properties) == {"password": Secret("new")}


def test_a_resource_that_is_gone_is_read_as_nothing(provider: Scripted, stub: Any) -> None:
    provider.answer = None
    assert stub.Read(proto.ReadRequest(id="vpc-1", urn=URN)).id == "", "the engine takes an empty id for gone"


def test_a_failure_is_one_message_without_a_traceback(provider: Scripted, stub: Any) -> None:
    provider.answer = plugin.ProviderError("It broke.", "Mend it.")
    with pytest.raises(grpc.RpcError) as caught:
        stub.Delete(proto.DeleteRequest(id="vpc-1", urn=URN))
    assert caught.value.details() == "It broke. Mend it."  # pyright: ignore[reportAttributeAccessIssue]


def test_an_unforeseen_failure_names_its_kind_but_no_lines_of_code(provider: Scripted, stub: Any) -> None:
    provider.answer = KeyError("lost")
    with pytest.raises(grpc.RpcError) as caught:
        stub.Read(proto.ReadRequest(id="vpc-1", urn=URN))
    error: Any = caught.value
    details = error.details()
    assert "KeyError" in details
    assert "File " not in details


def test_a_half_made_resource_reaches_the_engine_with_its_state_and_its_secrets(provider: Scripted, stub: Any) -> None:
    state = {"password": "p", "status": "failed"}
    provider.answer = plugin.PartialFailure("db-1", state, {"password": "p"}, "db-1 is failed.")
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(proto.CreateRequest(urn=URN, properties=encode({"password": Secret("p")})))
    error: Any = caught.value
    metadata = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail = proto.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail), "without this detail the engine forgets a resource that exists"
    assert (detail.id, list(detail.reasons)) == ("db-1", ["db-1 is failed."])
    assert decode(detail.properties) == {"password": Secret("p"), "status": "failed"}


def test_a_difference_lists_its_paths_and_which_of_them_replace(provider: Scripted, stub: Any) -> None:
    changes = {"tags.a": plugin.Change("add"), "cidrBlock": plugin.Change("update", replace=True)}
    provider.answer = plugin.Difference(changes, delete_before_replace=True)
    answer = stub.Diff(proto.DiffRequest(id="vpc-1", urn=URN, old_inputs=encode({"a": 1})))
    assert answer.changes == proto.DiffResponse.DIFF_SOME
    assert (list(answer.replaces), list(answer.diffs)) == (["cidrBlock"], ["cidrBlock", "tags"])
    assert answer.detailedDiff["cidrBlock"].kind == proto.PropertyDiff.UPDATE_REPLACE
    assert answer.deleteBeforeReplace
    assert provider.asked[0].old_inputs == {"a": 1}


def test_no_difference_is_said_so_and_not_left_open(provider: Scripted, stub: Any) -> None:
    provider.answer = plugin.Difference({})
    answer = stub.Diff(proto.DiffRequest(id="vpc-1", urn=URN))
    assert answer.changes == proto.DiffResponse.DIFF_NONE, "an unknown difference counts as one"


def test_failed_checks_carry_property_and_reason(provider: Scripted, stub: Any) -> None:
    provider.answer = plugin.Checked({"a": 1}, [("b", "is missing")])
    answer = stub.Check(proto.CheckRequest(urn=URN, news=encode({"a": 1}), randomSeed=b"s"))
    assert [(each.property, each.reason) for each in answer.failures] == [("b", "is missing")]
    assert provider.asked[0].seed == b"s"


def test_cancelling_reaches_the_provider(provider: Scripted, stub: Any) -> None:
    from google.protobuf import empty_pb2

    stub.Cancel(empty_pb2.Empty())
    assert provider.cancelled
