"""`listeners` for people and for machines."""

from __future__ import annotations

import contextlib

import pytest

from langsmith_client.cli import session
from langsmith_control_plane.models import Listener

LISTENER = Listener("l1", "prod", ("agents",), "0.16.36", updated_at="2026-11-20T12:00:00Z")


class Plane:
    """One listener and nothing on it."""

    listeners = (LISTENER,)

    def list_listeners(self):
        return self.listeners

    def list_deployments(self, *, listener_id=None):
        return ()


@pytest.fixture
def plane(monkeypatch):
    """What the commands ask."""
    plane = Plane()
    monkeypatch.setattr(session, "control_plane", lambda where: contextlib.nullcontext(plane))
    return plane


@pytest.mark.usefixtures("plane")
def test_the_list_is_a_table_or_an_event_for_each(cli):
    outcome = cli("listeners", "list")
    assert outcome.out.splitlines()[0].split()[:3] == ["ID", "CLUSTER", "NAMESPACES"]
    row, result = cli("listeners", "list", "--json").events()
    assert (row["event"], row["compute_id"], row["deployments"]) == ("listener", "prod", 0)
    assert (result["event"], result["count"]) == ("result", 1)


def test_a_workspace_without_listeners_says_so(cli, plane):
    plane.listeners = ()
    assert "none" in cli("listeners", "list").out


@pytest.mark.usefixtures("plane")
def test_one_is_shown_with_what_the_control_plane_knows(cli):
    assert "0.16.36" in cli("listeners", "show", "prod").out
    (result,) = cli("listeners", "show", "l1", "--json").events()
    assert (result["id"], result["namespaces"], result["deployments"]) == ("l1", ["agents"], 0)
    assert cli("listeners", "show", "nope").exit_code == 2
