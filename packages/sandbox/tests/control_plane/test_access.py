"""Who may ask, and in which workspace."""

from __future__ import annotations

import pytest

ASKED = ["/v2/listeners", "/v2/deployments", "/api-host/v2/deployments"]


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("key", ["", "lsv2-wrong"])
def test_a_missing_or_unknown_key_is_refused_with_the_switched_status(world, path, key):
    for status in (401, 403):
        world.http.put("/_sandbox/switches", json={"refused_key_status": status})
        assert world.http.get(path, headers={"X-Api-Key": key}).status_code == status


@pytest.mark.parametrize("path", ASKED)
def test_an_organisations_key_without_a_workspace_is_told_what_is_missing(world, path):
    answer = world.http.get(path, headers={"X-Tenant-Id": ""})
    assert answer.status_code == 403
    assert "requires workspace specification" in answer.json()["detail"], "official clients match this substring"


@pytest.mark.parametrize("workspace", ["not-a-uuid", "44444444-4444-4444-8444-444444444444"])
def test_a_workspace_the_key_does_not_open_is_refused(world, workspace):
    answer = world.http.get("/v2/deployments", headers={"X-Tenant-Id": workspace})
    assert answer.status_code == 403
    assert workspace in answer.json()["detail"]


def test_organisations_without_deployments_are_told_so_in_matching_words(world):
    world.http.put("/_sandbox/switches", json={"deployments_enabled": False})
    answer = world.http.get("/v2/deployments")
    assert answer.status_code == 403
    assert "not enabled" in answer.json()["detail"].lower(), "official clients match this substring"
    assert world.http.get("/v2/deployments", headers={"X-Api-Key": "wrong"}).status_code == 401, "the key comes first"


def test_the_key_itself_is_known_to_nothing_but_the_request(world):
    world.listener()
    assert world.api_key not in repr(world.plane)
    files = [file for file in world.folder.rglob("*") if file.is_file()]
    assert files, "there is something to look at"
    assert all(world.api_key.encode() not in file.read_bytes() for file in files)
