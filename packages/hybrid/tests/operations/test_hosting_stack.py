"""What pulumi says of a stack, read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.hosting_stack import HostingStack
from langsmith_hybrid.operations.pulumi_cli import Finished


class Answers:
    """A pulumi that gives one answer to everything."""

    def __init__(self, answer: Finished) -> None:
        self.given = answer

    def answer(self, arguments: Sequence[str], folder: Path) -> Finished:
        return self.given

    def perform(self, arguments: Sequence[str], folder: Path) -> int:
        raise AssertionError("nobody tells pulumi to do anything here")


@pytest.fixture
def find(tmp_path: Path) -> Callable[[Finished], HostingStack]:
    """Looks for the selected stack with a pulumi that answers so."""
    (tmp_path / "Pulumi.yaml").write_text("name: langsmith-hybrid\n")
    return lambda answer: HostingStack.find(tmp_path, None, Answers(answer))


def test_a_folder_without_a_selected_stack_says_how_to_name_one(find: Callable[[Finished], HostingStack]) -> None:
    with pytest.raises(StackError, match=r"No stack is selected in .* Name one with --stack"):
        find(Finished(255, "", "error: no stack selected; please use `pulumi stack select` to choose one\n"))


def test_a_back_end_that_refuses_is_not_taken_for_a_missing_selection(find: Callable[[Finished], HostingStack]) -> None:
    said = "error: unable to check if bucket s3://acme-state is accessible: ExpiredToken\n"
    with pytest.raises(StackError, match=r"cannot tell which stack is selected: .* ExpiredToken"):
        find(Finished(255, "", said))


def test_of_several_errors_the_first_is_quoted(tmp_path: Path) -> None:
    stack = HostingStack(tmp_path, "dev", "p", Answers(Finished(255, "", _SEVERAL)))
    with pytest.raises(StackError, match=r"cannot read the stack dev: KMS: Decrypt, ExpiredTokenException\. Try"):
        _ = stack.config


_SEVERAL = "error: 2 errors occurred:\n    1) KMS: Decrypt, ExpiredTokenException\n    2) Unknown\n"


def test_a_state_is_what_providers_made_and_what_an_interrupted_run_was_at(tmp_path: Path) -> None:
    urn = "urn:pulumi:dev::p::{}::{}".format
    resources = [
        {"urn": urn("aws:ec2/vpc:Vpc", "network"), "type": "aws:ec2/vpc:Vpc", "custom": True, "id": "vpc-1"},
        {"urn": urn("pulumi:providers:aws", "aws"), "type": "pulumi:providers:aws", "custom": True, "id": "1"},
        {"urn": urn("langsmith-hybrid:index:Network", "network"), "type": "langsmith-hybrid:index:Network"},
    ]
    pending = [{"type": "creating", "resource": {"urn": urn("aws:eks/cluster:Cluster", "cluster")}}]
    deployment = {"deployment": {"resources": resources, "pending_operations": pending}}
    state = HostingStack(tmp_path, "dev", "p", Answers(Finished(0, json.dumps(deployment), ""))).state()
    assert [(each.name, each.id) for each in state.managed] == [("network", "vpc-1")]
    assert state.pending == ("cluster",)


def test_a_stack_that_was_never_updated_has_an_empty_state(tmp_path: Path) -> None:
    state = HostingStack(tmp_path, "dev", "p", Answers(Finished(0, '{"version": 3}', ""))).state()
    assert (state.managed, state.pending) == ((), ())
