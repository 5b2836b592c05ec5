"""From everything to nothing: refused unless all is agreed to, in the order in which it can go, and proven."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from operations.fakes import FakeAws, FakePulumi, refusal
from operations.orphans.account import Workspace

from langsmith_control_plane.errors import NotFoundError
from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.down import Consent, Standing, Surroundings, down, look
from langsmith_hybrid.operations.errors import (
    AccessExpiredError,
    EngineFailedError,
    LeftoversError,
    OperationError,
    PreflightError,
)
from langsmith_hybrid.operations.orphans import Findings, Left, Whose

CALLER = ("sts", "get_caller_identity")
ALL = Consent(deployments=True, protected=True)
LEFT = Left("ec2:vpc", "vpc-1", "", "langsmith-hybrid/dev", "It stays.", "aws ec2 delete-vpc")


class Emptying(Workspace):
    """A workspace whose deployments are gone as soon as they are deleted; notes it in `order`."""

    def __init__(self, order: list[str]) -> None:
        super().__init__()
        self._order = order

    def delete_deployment(self, deployment_id: str, *, delete_tracing_project: bool) -> None:
        self._order.append(f"delete {deployment_id}")
        self.deployments = [each for each in self.deployments if each.id != deployment_id]

    def get_deployment(self, deployment_id: str) -> None:
        raise NotFoundError(f"{deployment_id} is gone.")


@dataclasses.dataclass
class Scene:
    """A stack with a cluster, a listener and an agent, and everything that was done to it, in order."""

    folder: Path
    order: list[str] = dataclasses.field(default_factory=list)
    pulumi: FakePulumi = dataclasses.field(default_factory=FakePulumi)
    aws: FakeAws = dataclasses.field(default_factory=lambda: FakeAws({CALLER: {}}))
    found: Findings = dataclasses.field(default_factory=lambda: Findings((), (), ()))

    def __post_init__(self) -> None:
        self.workspace = Emptying(self.order)
        self.workspace.deploy("hello", "l-1")
        self.workspace.deploy("elsewhere", "l-2")
        self.pulumi.hold("aws:eks/cluster:Cluster", "cluster", "agents-1", deletionProtection=False)
        self.pulumi.hold("pulumi-python:dynamic/langsmith:Listener", "listener", "x", listener_id="l-1")
        self.pulumi.before_end = lambda arguments: self.order.append(f"pulumi {arguments[0]}")
        self.stack = self.pulumi.stack(self.folder)

    @property
    def around(self) -> Surroundings:
        """What the operation acts through."""

        @contextlib.contextmanager
        def workspace(_config: object) -> Iterator[Any]:
            yield self.workspace

        def sweep(_whose: Whose, _aws: Aws) -> Findings:
            self.order.append("sweep")
            return self.found

        return Surroundings(self.aws, workspace, sweep)

    def down(self, consent: Consent) -> None:
        """Look, and take down."""
        down(self.stack, look(self.stack, self.around), consent, self.around, say=lambda _text: None)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A stack that stands."""
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    return Scene(tmp_path)


def test_agents_go_before_the_stack_and_the_sweep_comes_last(scene: Scene) -> None:
    scene.down(ALL)
    assert scene.order == ["delete id-of-hello", "pulumi destroy", "sweep"]
    assert [each.name for each in scene.workspace.deployments] == ["elsewhere"], "another listener's agents stay"
    (destroyed,) = scene.pulumi.performed
    assert destroyed == ["destroy", "--stack", "dev", "--parallel", "64", "--yes", "--skip-preview"]


def test_what_is_protected_is_let_go_of_by_an_update_with_another_file(scene: Scene) -> None:
    scene.pulumi.resources[0]["outputs"]["deletionProtection"] = True
    scene.down(ALL)
    assert scene.order[1:] == ["pulumi up", "pulumi destroy", "sweep"]
    *_, flag, file = scene.pulumi.performed[0]
    assert flag == "--config-file"
    assert Path(file) != scene.folder / "Pulumi.dev.yaml"
    assert (scene.folder / "Pulumi.dev.yaml").read_text() == "config: {}\n", "the stack's own file is its owner's"


def test_everything_that_nobody_agreed_to_is_named_at_once_and_nothing_is_done(scene: Scene) -> None:
    scene.pulumi.resources[0]["outputs"]["deletionProtection"] = True
    with pytest.raises(PreflightError) as refused:
        scene.down(Consent())
    assert refused.value.exit_code == 50
    assert "A deployment runs on the stack: hello." in refused.value.what
    assert "deletionProtection holds the cluster agents-1." in refused.value.what
    assert "--delete-deployments" in refused.value.remedy
    assert "--unprotect" in refused.value.remedy
    assert scene.order == []


def test_an_empty_stack_is_swept_and_nothing_else(scene: Scene) -> None:
    scene.pulumi.resources.clear()
    scene.down(Consent())
    assert scene.order == ["sweep"]


def test_what_is_left_is_named(scene: Scene) -> None:
    scene.found = Findings((LEFT,), (), ())
    with pytest.raises(LeftoversError) as told:
        scene.down(ALL)
    assert told.value.exit_code == 60
    assert told.value.left == ("ec2:vpc vpc-1",)


@pytest.mark.parametrize(("told_to_delete_it", "left"), [(False, False), (True, True)])
def test_a_listener_that_was_there_before_the_stack_is_no_left_over_of_its_own(
    scene: Scene, told_to_delete_it: bool, left: bool
) -> None:
    scene.pulumi.resources[1]["outputs"] |= {"adopted": True, "delete_adopted": told_to_delete_it}
    listener = dataclasses.replace(LEFT, type="langsmith:listener", id="l-1")
    scene.found = Findings((listener,), (), ())
    with pytest.raises(LeftoversError) if left else contextlib.nullcontext():
        scene.down(ALL)
    assert scene.order[-1] == "sweep"


def test_a_destroy_that_fails_ends_it_before_the_sweep(scene: Scene) -> None:
    scene.pulumi.ends["destroy"] = 255
    with pytest.raises(EngineFailedError, match="`pulumi destroy` ended with 255"):
        scene.down(ALL)
    assert "sweep" not in scene.order, "what stands is no left-over"


@pytest.mark.parametrize(
    ("code", "error"), [("ExpiredToken", AccessExpiredError), ("RequestLimitExceeded", OperationError)]
)
def test_credentials_are_looked_at_before_anything(scene: Scene, code: str, error: type[OperationError]) -> None:
    scene.aws.answers[CALLER] = refusal(code)
    with pytest.raises(error):
        scene.down(ALL)
    assert scene.order == []


def test_a_stack_without_a_listener_asks_langsmith_nothing(scene: Scene) -> None:
    del scene.pulumi.resources[1]
    scene.workspace = None  # type: ignore[assignment] # asking it would be an error
    assert look(scene.stack, scene.around) == Standing(1, frozenset(), frozenset(), (), ())
