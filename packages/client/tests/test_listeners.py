"""Listeners with what runs on them."""

from __future__ import annotations

import datetime as dt

import pytest

from langsmith_client.errors import ProjectError, TargetAccessError
from langsmith_client.listeners import find_listener, list_listeners, rows
from langsmith_control_plane.errors import ForbiddenError
from langsmith_control_plane.models import Deployment, Listener, SourceConfig

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def deployed(name, listener):
    """A deployment on a listener."""
    return Deployment(
        id=f"id-{name}",
        name=name,
        source="external_docker",
        status="READY",
        tenant_id="t",
        source_config=SourceConfig(listener_id=listener, namespace="agents", custom_url=f"http://x/{name}"),
    )


class Plane:
    """As much of the client as is asked."""

    def __init__(self, *listeners, refusal=None):
        self.listeners, self.refusal = listeners, refusal
        self.deployments = [deployed("b", "l1"), deployed("a", "l1"), deployed("c", "l2"), deployed("d", None)]

    def list_listeners(self):
        if self.refusal:
            raise self.refusal
        return self.listeners

    def list_deployments(self, *, listener_id=None):
        return tuple(each for each in self.deployments if listener_id in {None, each.source_config.listener_id})


PROD = Listener("l1", "prod", ("agents", "more"), "0.16.36", updated_at="2026-11-20T12:00:00Z")
DEV = Listener("l2", "dev", ())


def test_listeners_are_listed_by_cluster_with_the_number_of_their_deployments():
    found = list_listeners(Plane(PROD, DEV))
    assert [(listener.compute_id, count) for listener, count in found] == [("dev", 1), ("prod", 2)]


def test_a_row_says_what_is_known_and_marks_what_is_not():
    dev, prod = rows([(DEV, 1), (PROD, 2)], NOW)
    assert list(prod.cells.values()) == ["l1", "prod", "agents, more", "0.16.36", "2", "2d"]
    assert list(dev.cells.values()) == ["l2", "dev", "none", "-", "1", "-"]
    assert prod.fields["namespaces"] == ["agents", "more"]
    assert prod.fields["updated_at"] == "2026-11-20T12:00:00Z", "machines get the instant, not the age"


@pytest.mark.parametrize("wanted", ["l1", "prod"])
def test_a_listener_is_found_by_its_id_and_by_its_cluster(wanted):
    listener, deployments = find_listener(Plane(PROD, DEV), wanted)
    assert listener is PROD
    assert [each.name for each in deployments] == ["a", "b"]


def test_an_unknown_listener_is_refused_naming_those_there_are():
    with pytest.raises(ProjectError, match=r"no listener called 'x'.* l1 \(prod\), l2 \(dev\)"):
        find_listener(Plane(PROD, DEV), "x")
    with pytest.raises(ProjectError, match="hosting stack registers one"):
        find_listener(Plane(), "x")


def test_a_name_that_fits_two_is_refused_naming_both():
    twin = Listener("l3", "prod", ())
    with pytest.raises(ProjectError, match=r"Several listeners.* l1 \(prod\), l3 \(prod\)\."):
        find_listener(Plane(PROD, twin, DEV), "prod")


def test_a_plan_without_listeners_is_a_matter_of_access():
    with pytest.raises(TargetAccessError):
        list_listeners(Plane(refusal=ForbiddenError("Only for enterprise plans.")))
