"""A stack's outputs become a target; whatever goes wrong with pulumi is two sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from langsmith_client.errors import ProjectError, StackError
from langsmith_client.hosting_stack import HostingStack
from langsmith_client.langsmith_toml import TargetEntry
from langsmith_client.processes import Finished
from langsmith_client.target.protocol import SecretReference

OUTPUTS = {
    "listenerId": "0b8f1d52-1b3f-4a2e-9f43-0d8c9f2a7c11",
    "namespaces": ["agents", "more"],
    "repositories": {"greeter": "123.dkr.ecr.us-east-1.amazonaws.com/greeter-1a2b3c"},
    "controlPlaneUrl": "https://eu.api.host.langchain.com",
    "workspaceId": "00000000-0000-4000-8000-000000000000",
    "postgresEndpoint": "[secret]",
    "agentSecretReferences": {
        "greeter": [
            {"name": "POSTGRES_URI_CUSTOM", "secretName": "greeter-stores", "secretKey": "POSTGRES_URI_CUSTOM"},
        ],
    },
}


class Pulumi:
    """A runner that answers as told and remembers what it was asked."""

    def __init__(self, answer: object = OUTPUTS, exit_code: int = 0, stderr: str = "") -> None:
        self.answer, self.exit_code, self.stderr = answer, exit_code, stderr
        self.asked: list[tuple[list[str], Path | None]] = []

    def __call__(self, argv, *, cwd=None, stdin=b"", env=None, timeout=60.0):
        self.asked.append((list(argv), cwd))
        if isinstance(self.answer, Exception):
            raise self.answer
        text = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return Finished(self.exit_code, text.encode(), self.stderr)


@pytest.fixture
def stack(tmp_path):
    """A stack called dev of a program in a folder that exists."""
    return HostingStack(tmp_path, "dev")


def test_the_outputs_of_the_stack_fill_a_target(stack, tmp_path):
    pulumi = Pulumi()
    assert stack.target(run=pulumi) == TargetEntry(
        name="dev",
        repositories=OUTPUTS["repositories"],
        listener_id=OUTPUTS["listenerId"],
        namespace="agents",
        host_url=OUTPUTS["controlPlaneUrl"],
        workspace_id=OUTPUTS["workspaceId"],
        references={
            "greeter": (SecretReference("POSTGRES_URI_CUSTOM", "greeter-stores", "POSTGRES_URI_CUSTOM"),),
        },
    )
    (argv, cwd), *more = pulumi.asked
    assert argv[:4] == ["pulumi", "stack", "output", "--json"]
    assert "--non-interactive" in argv, "nothing may wait for an answer in CI"
    assert (cwd, more) == (tmp_path, [])


def test_a_stack_without_stores_gives_no_references(stack):
    older = {name: value for name, value in OUTPUTS.items() if name != "agentSecretReferences"}
    assert stack.target(run=Pulumi(older)).references == {}
    assert stack.target(run=Pulumi({**OUTPUTS, "agentSecretReferences": {}})).references == {}


def test_the_target_takes_another_name_or_the_last_part_of_the_stack_s(tmp_path):
    assert HostingStack(tmp_path, "dev").target("prod", run=Pulumi()).name == "prod"
    assert HostingStack(tmp_path, "acme/hosting/dev").target(run=Pulumi()).name == "dev"


@pytest.mark.parametrize(
    ("pulumi", "said"),
    [
        (Pulumi(FileNotFoundError()), "pulumi is not on PATH"),
        (Pulumi(TimeoutError()), "did not answer within 120 s"),
        (
            Pulumi(exit_code=255, stderr="warning: x\nerror: no stack named 'dev' found.\n"),
            "no stack named 'dev' found",
        ),
        (Pulumi(exit_code=255, stderr="Traceback (most recent call last)"), "it ended with 255"),
        (Pulumi("Updating (dev)"), "not a JSON object"),
        (Pulumi([]), "not a JSON object"),
        (Pulumi({}), "no outputs `listenerId` and `namespaces`"),
        (Pulumi({**OUTPUTS, "namespaces": []}), "no outputs `listenerId` and `namespaces`"),
        (Pulumi({**OUTPUTS, "listenerId": "[secret]"}), "no outputs `listenerId` and `namespaces`"),
    ],
)
def test_every_failure_of_pulumi_is_what_happened_and_what_to_do(stack, pulumi, said):
    with pytest.raises(StackError) as failure:
        stack.target(run=pulumi)
    assert said in failure.value.what
    assert failure.value.what.endswith("."), "one sentence"
    assert failure.value.remedy.endswith(".")
    assert "Traceback" not in str(failure.value)


def test_a_folder_that_is_not_there_is_not_blamed_on_pulumi(tmp_path):
    pulumi = Pulumi()
    with pytest.raises(StackError, match="no folder"):
        HostingStack(tmp_path / "stacks", "dev").target(run=pulumi)
    assert not pulumi.asked


@pytest.mark.parametrize("text", ["stacks/hosting", ":dev", "stacks/hosting:", "stacks/hosting:--show-secrets"])
def test_what_is_not_a_folder_and_a_stack_is_refused(text):
    with pytest.raises(ProjectError, match="FOLDER:STACK"):
        HostingStack.parse(text)


def test_a_windows_path_keeps_its_colon():
    assert HostingStack.parse("C:/stacks:dev") == HostingStack(Path("C:/stacks"), "dev")
