"""The life of a revision, seen through the API and driven by clock and listener."""

from __future__ import annotations

import pytest

IMAGE_2 = "registry.example/agent@sha256:" + "b" * 64


def patch_image(world, deployment, image=IMAGE_2):
    answer = world.http.patch(
        f"/v2/deployments/{deployment['id']}", json={"source_revision_config": {"image_uri": image}}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def status(world, deployment):
    return world.revisions(deployment)[0]["status"]


def test_a_first_revision_walks_to_awaiting_deploy_by_time_alone_and_no_further(world):
    deployment = world.deployment(world.listener())
    assert status(world, deployment) == "CREATING"
    world.clock.pass_seconds(0.39)
    assert status(world, deployment) == "CREATING", "the first revision waits for its database"
    world.clock.pass_seconds(0.02)
    assert status(world, deployment) == "QUEUED"
    world.clock.pass_seconds(0.2)
    assert status(world, deployment) == "AWAITING_DEPLOY"
    world.clock.pass_seconds(3600)
    assert status(world, deployment) == "AWAITING_DEPLOY", "nobody listens, so nothing is deployed"


def test_a_later_revision_does_not_wait_for_the_database_again(world):
    deployment = world.deployment(world.listener())
    world.deploy(deployment, deployment["latest_revision_id"])
    patch_image(world, deployment)
    world.clock.pass_seconds(0.21)
    assert status(world, deployment) == "QUEUED"


def test_the_active_revision_moves_only_when_the_new_one_is_deployed(world):
    deployment = world.deployment(world.listener())
    first = deployment["latest_revision_id"]
    world.deploy(deployment, first)
    second = patch_image(world, deployment)["latest_revision_id"]
    world.clock.pass_seconds(5)
    world.report(deployment, second, "DEPLOYING")
    assert world.get(deployment)["active_revision_id"] == first
    world.report(deployment, second, "DEPLOYED")
    assert world.get(deployment)["active_revision_id"] == second
    assert [each["status"] for each in world.revisions(deployment)] == ["DEPLOYED", "DEPLOYED"], "older ones stay"


def test_a_failed_revision_keeps_the_message_and_leaves_the_old_one_active(world):
    listener = world.listener()
    deployment = world.deployment(listener)
    first = deployment["latest_revision_id"]
    world.deploy(deployment, first)
    second = patch_image(world, deployment)["latest_revision_id"]
    world.clock.pass_seconds(5)
    world.report(deployment, second, "DEPLOYING")
    world.report(deployment, second, "DEPLOY_FAILED", message="the image could not be pulled")
    failed = world.revisions(deployment)[0]
    assert (failed["status"], failed["status_message"]) == ("DEPLOY_FAILED", "the image could not be pulled")
    assert world.get(deployment)["active_revision_id"] == first
    work = world.http.get(f"/internal/v1/listeners/{listener}/deployments").json()["resources"]
    assert work[0]["revision"]["id"] == first, "the data plane goes back to what served last"


def test_a_newer_revision_skips_the_one_still_waiting(world):
    deployment = world.deployment(world.listener())
    world.clock.pass_seconds(5)
    newer = patch_image(world, deployment)["latest_revision_id"]
    listed = world.revisions(deployment)
    assert [(each["id"], each["status"]) for each in listed] == [
        (newer, "CREATING"),
        (deployment["latest_revision_id"], "SKIPPED"),
    ]


def test_a_revision_being_deployed_keeps_the_next_one_queued_until_it_ends(world):
    deployment = world.deployment(world.listener())
    first = deployment["latest_revision_id"]
    world.clock.pass_seconds(5)
    world.report(deployment, first, "DEPLOYING")
    patch_image(world, deployment)
    world.clock.pass_seconds(60)
    assert [each["status"] for each in world.revisions(deployment)] == ["QUEUED", "DEPLOYING"]
    world.report(deployment, first, "DEPLOY_FAILED", message="crashed")
    assert status(world, deployment) == "AWAITING_DEPLOY"


def test_interrupting_a_stuck_revision_lets_the_next_one_through(world):
    deployment = world.deployment(world.listener())
    first = deployment["latest_revision_id"]
    world.clock.pass_seconds(5)
    world.report(deployment, first, "DEPLOYING")
    patch_image(world, deployment)
    answer = world.http.post(f"/v2/deployments/{deployment['id']}/revisions/{first}/interrupt")
    assert (answer.status_code, answer.json()["status"]) == (200, "INTERRUPTED")
    world.clock.pass_seconds(1)
    assert status(world, deployment) == "AWAITING_DEPLOY"
    again = world.http.post(f"/v2/deployments/{deployment['id']}/revisions/{first}/interrupt")
    assert again.status_code == 400, "what has ended cannot be interrupted"


@pytest.mark.parametrize(
    ("steps", "reported"),
    [
        ([], "DEPLOYED"),
        ([], "DEPLOYING"),
        (["wait"], "DEPLOYED"),
        (["wait", "DEPLOYING", "DEPLOYED"], "DEPLOYING"),
        (["wait", "DEPLOYING", "DEPLOYED"], "DEPLOY_FAILED"),
    ],
)
def test_reports_the_walk_forbids_are_conflicts(world, steps, reported):
    deployment = world.deployment(world.listener())
    revision = deployment["latest_revision_id"]
    for step in steps:
        if step == "wait":
            world.clock.pass_seconds(5)
        else:
            world.report(deployment, revision, step)
    url = f"/internal/v1/deployments/{deployment['id']}/revisions/{revision}/status"
    answer = world.http.post(url, json={"status": reported})
    assert answer.status_code == 409
    assert f"cannot become {reported}" in answer.json()["detail"]


def test_a_final_report_sent_twice_is_taken_once(world):
    deployment = world.deployment(world.listener())
    revision = deployment["latest_revision_id"]
    world.deploy(deployment, revision, url="http://first")
    before = world.revisions(deployment)
    world.clock.pass_seconds(1)
    world.report(deployment, revision, "DEPLOYED", url="http://first")
    assert world.revisions(deployment) == before


def test_redeploying_runs_the_old_image_with_the_present_environment(world):
    listener = world.listener()
    deployment = world.deployment(listener)
    first = deployment["latest_revision_id"]
    world.deploy(deployment, first)
    world.http.patch(
        f"/v2/deployments/{deployment['id']}",
        json={"source_revision_config": {"image_uri": IMAGE_2}, "secrets": [{"name": "TOKEN", "value": "new"}]},
    )
    answer = world.http.post(f"/v2/deployments/{deployment['id']}/revisions/{first}/redeploy")
    assert answer.status_code == 200
    redeployed = answer.json()
    assert redeployed["latest_revision_id"] not in (first, None)
    assert redeployed["source_revision_config"]["image_uri"] == deployment["source_revision_config"]["image_uri"]
    world.clock.pass_seconds(5)
    work = world.http.get(f"/internal/v1/listeners/{listener}/deployments").json()["resources"][0]
    assert work["revision"]["secrets"] == [{"name": "TOKEN", "value": "new"}]


def test_a_revision_of_another_deployment_is_not_found_here(world):
    listener = world.listener()
    one, two = world.deployment(listener, "one"), world.deployment(listener, "two")
    answer = world.http.get(f"/v2/deployments/{one['id']}/revisions/{two['latest_revision_id']}")
    assert answer.status_code == 404


def test_revisions_can_be_filtered_by_a_comma_list_of_statuses(world):
    deployment = world.deployment(world.listener())
    world.clock.pass_seconds(5)
    patch_image(world, deployment)
    url = f"/v2/deployments/{deployment['id']}/revisions"
    listed = world.http.get(url, params={"status": "SKIPPED,DEPLOYED"}).json()["resources"]
    assert [each["status"] for each in listed] == ["SKIPPED"]
