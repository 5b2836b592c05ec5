"""The commands that look at deployments, go back and explain, against the control plane as other clients see it."""

from __future__ import annotations

import httpx2
import pytest

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
# An image of a registry that nobody reaches, without asking the network.
NOWHERE = {"source_revision_config": {"image_uri": f"127.0.0.1:1/agent@sha256:{'a' * 64}"}, "secrets": []}


@pytest.fixture
def one(shop):
    """Runs a command on the agent `one`, from its folder."""

    def run(command, *arguments, expect=0):
        return shop.run(command, str(shop.folder / "one"), *arguments, "--target", "dev", expect=expect)

    return run


@pytest.fixture
def deploy(shop, one):
    """Writes the agent anew, commits and deploys it; returns the commit and the result."""

    def deploy(text, message, expect=0):
        shop.write("one/graph.py", text)
        commit = shop.commit(message)
        return commit, one("deploy", "--builder", "layers", expect=expect)[-1]

    return deploy


def move_base(registry):
    """Gives the base image's tag another meaning."""
    with httpx2.Client(base_url=f"http://{registry}", headers={"Accept": MANIFEST}) as http:
        values = http.get("/v2/base/manifests/1").json()
        headers = {"Content-Type": MANIFEST}
        http.put("/v2/base/manifests/1", json={**values, "annotations": {"moved": "yes"}}, headers=headers)


def test_two_deploys_are_told_apart_compared_and_gone_back_on(shop, agents, one, deploy, registry):
    first, before = deploy("graph = 2\n", "Count to two")
    second, after = deploy("graph = 3\n", "Count to three")

    *rows, result = shop.run("ls")
    assert [(row["name"], row["identity"]["commit"], result["count"]) for row in rows] == [("one", second, 1)]
    assert rows[0]["served_revision_id"] == rows[0]["revision_id"] == after["revision_id"]

    newest, oldest, _ = one("history")
    assert (newest["active"], newest["identity"]["commit"]) == (True, second)
    assert (oldest["active"], oldest["identity"]["commit"]) == (False, first)
    assert oldest["revision_id"] == before["revision_id"]

    (diff,) = one("diff")
    assert [each["subject"] for each in diff["commits"]["added"]] == ["Count to three"]
    assert {each["aspect"] for each in diff["differences"]} >= {"image", "tag", "commit"}

    found = one("outdated", "--detailed-exitcode", expect=3)
    assert found[0]["state"] == "current"
    shop.write("one/graph.py", "graph = 4\n")
    assert "-dirty-" in one("outdated", "--detailed-exitcode")[0]["folder"]
    shop.write("one/graph.py", "graph = 3\n")
    move_base(registry)
    assert "has moved" in one("outdated")[0]["reasons"][0]

    events = one("rollback", first[:12], "--yes")
    assert events[0]["event"] == "preview"
    assert [each["subject"] for each in events[0]["commits"]["removed"]] == ["Count to three"]
    rolled = events[-1]
    assert (rolled["commit"], rolled["proven"], rolled["changed_variables"]) == (first, True, [])
    assert rolled["image_uri"] == before["image_uri"]
    assert one("status")[-1]["served_revision_id"] == rolled["revision_id"]
    assert [each["event"] for each in one("history")].count("revision") == 3, "one revision was made, no more"


def test_a_failed_deploy_names_its_cause_and_the_way_back_makes_the_old_image_new(agents, one, deploy):
    _, good = deploy("graph = 2\n", "Count to two")
    agents.broken["one"] = "The container ends with exit code 137 (OOMKilled) again and again."
    _, error = deploy("graph = [0] * 10**12\n", "Count too far", expect=20)
    assert "The agent used more memory than its limit" in error["what"]
    assert "memory_mb" in error["remedy"]

    status = one("status")[-1]
    assert (status["cause"], status["status"]) == ("out-of-memory", "DEPLOY_FAILED")
    assert status["served_revision_id"] == good["revision_id"], "what ran before still runs"
    assert status["identity"]["commit"] is not None, "and the image shown is that of what runs"

    agents.broken.clear()
    rolled = one("rollback", "--yes")[-1]
    assert (rolled["image_uri"], rolled["restored_revision_id"]) == (good["image_uri"], good["revision_id"])


def test_logs_are_paged_and_lose_every_value_of_a_variable(agents, one, deploy):
    agents.broken["one"] = "The container ends with exit code 1; its log says: bad canary-secret."
    events = deploy("graph = 2\n", "Count to two", expect=20)[1]
    *lines, result = one("logs")
    assert [line["message"] for line in lines][-2:] == [
        "Revision is DEPLOYING.",
        "Revision is DEPLOY_FAILED: The container ends with exit code 1; its log says: bad **********.",
    ]
    assert result["count"] == len(lines)
    assert one("logs", "--limit", "1")[:-1] == lines[-1:], "the newest line, not the oldest"
    assert [line["level"] for line in one("logs", "--level", "ERROR")[:-1]] == ["ERROR"]
    assert "canary-secret" not in str([lines, one("status")])
    assert "crash" in one("status")[-1]["cause"]
    assert events["exit_code"] == 20


def test_an_image_that_was_cleaned_up_is_refused_before_anything_is_made(agents, one, deploy, registry, world):
    _, before = deploy("graph = 2\n", "Count to two")
    deploy("graph = 3\n", "Count to three")
    repository, _, digest = before["image_uri"].removeprefix(f"{registry}/").partition("@")
    httpx2.delete(f"http://{registry}/v2/{repository}/manifests/{digest}").raise_for_status()
    error = one("rollback", before["revision_id"], "--yes", expect=50)[-1]
    assert "gone from the registry" in error["what"]
    (deployment,) = world.http.get("/v2/deployments").json()["resources"]
    assert len(world.revisions(deployment)) == 2


def test_a_listener_that_says_nothing_is_the_cause_until_it_is_gone_altogether(world, shop):
    listener = world.listener("silent")
    world.deployment(listener, "waiting", **NOWHERE)
    silent = shop.run("status", "waiting")[-1]
    assert (silent["cause"], silent["clue"]) == ("listener-silent", None)
    world.http.delete(f"/v2/listeners/{listener}").raise_for_status()
    assert shop.run("status", "waiting")[-1]["cause"] == "listener-gone"


def test_a_workspace_of_hundreds_is_listed_with_one_call_for_a_page_and_one_for_each(world, shop):
    listener = world.listener("crowd")
    for number in range(101):
        world.deployment(listener, f"agent-{number:03}", **NOWHERE)
    world.http.delete("/_sandbox/requests")
    *rows, note, result = shop.run("ls")
    assert [row["name"] for row in rows] == [f"agent-{number:03}" for number in range(101)]
    assert (result["count"], result["unknown"]) == (101, 0)
    assert "127.0.0.1:1 cannot be reached" in note["message"], "the registry that is away is told of once"
    assert world.http.get("/_sandbox/requests").json()["count"] == 2 + 101
