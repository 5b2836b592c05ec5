"""Deployments are deleted at once and waited for: their listener takes them away one by one."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from operations.orphans.account import Workspace

from langsmith_control_plane.errors import NotFoundError
from langsmith_control_plane.models import Deployment
from langsmith_hybrid.operations.deployments import delete_deployments, deployments_on
from langsmith_hybrid.operations.errors import LangSmithError


class Going:
    """A workspace whose deployments are gone after they were looked at so many times."""

    def __init__(self, looks: dict[str, int]) -> None:
        self.looks = looks
        self.deleted: list[tuple[str, bool]] = []

    def delete_deployment(self, deployment_id: str, *, delete_tracing_project: bool) -> None:
        self.deleted.append((deployment_id, delete_tracing_project))
        if self.looks[deployment_id] == 0:
            raise NotFoundError("It is gone.")

    def get_deployment(self, deployment_id: str) -> None:
        if self.looks[deployment_id] == 0:
            raise NotFoundError("It is gone.")
        self.looks[deployment_id] -= 1


@pytest.fixture
def two() -> tuple[Deployment, ...]:
    """Deployments on the listener `l-ours`, of three in the workspace."""
    workspace = Workspace()
    workspace.deploy("second", "l-ours")
    workspace.deploy("first", "l-ours")
    workspace.deploy("elsewhere", "l-others")
    client: Any = workspace
    return deployments_on(client, {"l-ours"})


def _delete(going: Any, deployments: tuple[Deployment, ...], **options: Any) -> list[str]:
    said: list[str] = []
    delete_deployments(going, deployments, tracing_projects=False, say=said.append, **options)
    return said


def test_only_those_on_the_stacks_listeners_count_and_none_without_one(two: tuple[Deployment, ...]) -> None:
    assert [each.name for each in two] == ["first", "second"]
    nobody: Any = None
    assert deployments_on(nobody, frozenset()) == (), "LangSmith need not even be asked"


def test_all_are_deleted_before_any_is_waited_for_and_each_is_told(two: tuple[Deployment, ...]) -> None:
    going = Going({"id-of-first": 2, "id-of-second": 1})
    waits: list[float] = []
    assert _delete(going, two, sleep=waits.append) == [
        "The deployment second is gone.",
        "The deployment first is gone.",
    ]
    assert going.deleted == [("id-of-first", False), ("id-of-second", False)]
    assert len(waits) == 2, "it looks again only while something is there"


def test_one_that_is_gone_already_is_fine(two: tuple[Deployment, ...]) -> None:
    assert len(_delete(Going({"id-of-first": 0, "id-of-second": 0}), two, sleep=pytest.fail)) == 2


def test_traces_go_only_if_that_was_said(two: tuple[Deployment, ...]) -> None:
    going: Any = Going({"id-of-first": 0, "id-of-second": 0})
    delete_deployments(going, two, tracing_projects=True, say=lambda _: None)
    assert {traces for _, traces in going.deleted} == {True}


def test_waiting_ends_with_the_names_of_what_is_still_there(two: tuple[Deployment, ...]) -> None:
    hours = itertools.count(step=3600.0)
    with pytest.raises(LangSmithError, match=r"still there: second\. Look whether the listener"):
        _delete(Going({"id-of-first": 0, "id-of-second": 10}), two, sleep=lambda _: None, clock=lambda: next(hours))
