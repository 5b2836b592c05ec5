"""Both log families tell the steps of the walk."""

from __future__ import annotations

import pytest


@pytest.fixture
def failed(world):
    """A deployment whose only revision failed."""
    deployment = world.deployment(world.listener())
    world.clock.pass_seconds(5)
    world.report(deployment, deployment["latest_revision_id"], "DEPLOYING")
    world.report(deployment, deployment["latest_revision_id"], "DEPLOY_FAILED", message="the image is missing")
    return deployment


def test_the_deploy_log_names_every_step_and_the_cause_of_the_failure(world, failed):
    url = f"/v2/deployments/{failed['id']}/revisions/{failed['latest_revision_id']}/logs"
    lines = world.http.get(url, params={"type": "deploy"}).json()["logs"]
    assert [line["level"] for line in lines] == ["INFO", "INFO", "INFO", "ERROR"]
    assert "the image is missing" in lines[-1]["message"]
    errors = world.http.get(url, params={"type": "deploy", "level": "ERROR"}).json()["logs"]
    assert [line["id"] for line in errors] == [lines[-1]["id"]]


def test_the_type_of_log_is_required_and_an_external_images_build_log_is_empty(world, failed):
    url = f"/v2/deployments/{failed['id']}/revisions/{failed['latest_revision_id']}/logs"
    assert world.http.get(url).status_code == 422
    assert world.http.get(url, params={"type": "build"}).json() == {"logs": [], "next_offset": None}


@pytest.mark.parametrize("scope", ["deploy_logs", "revisions/{revision}/deploy_logs"])
def test_pages_of_the_older_family_join_to_the_whole_log_newest_first(world, failed, scope):
    url = f"/v1/projects/{failed['id']}/{scope.format(revision=failed['latest_revision_id'])}"
    first = world.http.post(url, json={"limit": 3, "order": "desc"}).json()
    rest = world.http.post(url, json={"limit": 3, "order": "desc", "offset": first["next_offset"]}).json()
    assert rest["next_offset"] is None
    messages = [line["message"] for line in first["logs"] + rest["logs"]]
    assert len(messages) == 4
    assert "DEPLOY_FAILED" in messages[0]


def test_the_older_familys_build_log_is_empty_too(world, failed):
    url = f"/v1/projects/{failed['id']}/revisions/{failed['latest_revision_id']}/build_logs"
    assert world.http.post(url, json={"limit": 50, "order": "desc"}).json()["logs"] == []
