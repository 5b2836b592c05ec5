"""`outdated` through the real command line: what scripts may take for an answer."""

from __future__ import annotations

import httpx2
import pytest

from langsmith_client.image.publish import build_request
from langsmith_client.image_reference import parse_repository
from langsmith_client.target.protocol import Deployment, Phase, Revision

REPOSITORY = "127.0.0.1:5000/greeter"


def test_outdated_compares_folders_and_tells_scripts_when_there_is_nothing_to_do(cli, connected, agent):
    outcome = cli("outdated", str(agent.folder))
    assert outcome.exit_code == 0
    assert "not deployed" in outcome.out
    found, result = cli("outdated", str(agent.folder), "--json").events()
    assert (found["event"], found["state"], result["counts"]["not deployed"]) == ("agent", "not deployed", 1)
    assert cli("outdated", str(agent.folder), "--detailed-exitcode").exit_code == 0, "there is something to do"


def test_outdated_ends_with_three_only_when_all_is_current_and_someone_asked(cli, connected, agent, push):
    request = build_request(agent.load(), parse_repository(REPOSITORY))
    newest = Revision("r1", Phase.DEPLOYED, "DEPLOYED", push(request.labels))
    connected.deployment = Deployment("d1", "greeter", {}, newest, active_revision_id="r1")
    assert cli("outdated", str(agent.folder), "--detailed-exitcode").exit_code == 3
    assert cli("outdated", str(agent.folder)).exit_code == 0


@pytest.mark.parametrize("flags", [[], ["--detailed-exitcode"]])
def test_outdated_of_images_nobody_can_read_is_no_success(cli, connected, agent, server, flags):
    server.hook = lambda request: httpx2.Response(500)
    newest = Revision("r1", Phase.DEPLOYED, "DEPLOYED", f"{REPOSITORY}@sha256:{'a' * 64}")
    connected.deployment = Deployment("d1", "greeter", {}, newest, active_revision_id="r1")
    outcome = cli("outdated", str(agent.folder), *flags)
    assert outcome.exit_code == 1, "a script would take anything else for an answer"
    assert "unknown" in outcome.out
    assert "Whether greeter is deployed as it is here is not known" in outcome.err
