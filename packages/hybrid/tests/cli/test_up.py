"""`langsmith-hybrid up`: what it asks for, what it passes on, what it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from operations.fakes import FakeAws, FakePulumi

from langsmith_hybrid.cli import main
from langsmith_hybrid.operations import aws, doctor, hosting_stack
from langsmith_hybrid.operations.doctor import Findings
from langsmith_hybrid.operations.doctor.findings import fail, warn


@pytest.fixture
def pulumi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakePulumi:
    """The pulumi the command finds."""
    fake = FakePulumi(outputs={"clusterName": "agents-1", "agentsBaseUrl": "https://agents.example.com"})
    monkeypatch.setattr(hosting_stack.HostingStack, "find", lambda *_: fake.stack(tmp_path))
    monkeypatch.setattr(aws, "Aws", lambda region: FakeAws(region=region))
    monkeypatch.setattr(doctor, "quick", lambda *_: Findings((warn("state", "It was interrupted.", "Go on."),)))
    return fake


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["up", *arguments])


def test_without_a_terminal_it_must_be_told_not_to_ask(pulumi: FakePulumi) -> None:
    done = _run()
    assert done.exit_code == 2
    assert "Give --yes." in done.stderr
    assert pulumi.performed == []


def test_it_passes_on_what_comes_after_the_dashes_and_says_what_comes_next(pulumi: FakePulumi, tmp_path: Path) -> None:
    done = _run("--yes", "--", "--refresh", "--target", "urn")
    assert done.exit_code == 0, done.output
    assert pulumi.performed[0][-5:] == ["--yes", "--skip-preview", "--refresh", "--target", "urn"]
    assert done.stdout.splitlines() == [
        "langsmith-hybrid/dev stands: cluster agents-1, agents at https://agents.example.com.",
        f"Next: langsmith-client init --from-stack {tmp_path}:dev",
    ]
    assert "warn  state: It was interrupted. Go on." in done.stderr


def test_json_is_one_object_with_the_outputs(pulumi: FakePulumi) -> None:
    done = _run("--yes", "--json")
    told = json.loads(done.stdout)
    assert (told["stack"], told["outputs"]["clusterName"]) == ("langsmith-hybrid/dev", "agents-1")
    assert done.stderr == "", "nobody reads the rest"


def test_the_doctor_can_be_left_out_and_refuses_otherwise(pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "quick", lambda *_: Findings((fail("langsmith", "The key is wrong.", "Mend it."),)))
    assert _run("--yes").exit_code == 50
    assert pulumi.performed == []
    assert _run("--yes", "--skip-doctor").exit_code == 0
