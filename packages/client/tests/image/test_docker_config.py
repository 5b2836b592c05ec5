"""Docker's configuration while it pushes to ECR."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from langsmith_client.image.docker_config import docker_with_ecr

HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.fixture
def users(tmp_path):
    def write(config):
        folder = tmp_path / "docker"
        (folder / "cli-plugins").mkdir(parents=True)
        (folder / "cli-plugins" / "docker-buildx").touch()
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        return {"DOCKER_CONFIG": str(folder), "PATH": "/usr/bin"}

    return write


def test_our_helper_serves_this_registry_and_everything_else_stays_as_the_user_has_it(users):
    environ = users({"credsStore": "desktop", "credHelpers": {"ghcr.io": "gh"}, "currentContext": "remote"})
    with docker_with_ecr(HOST, environ) as found:
        folder = Path(found["DOCKER_CONFIG"])
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        assert config["credHelpers"] == {"ghcr.io": "gh", HOST: "langsmith-client"}
        assert (config["credsStore"], config["currentContext"]) == ("desktop", "remote")
        assert (folder / "cli-plugins" / "docker-buildx").is_file()
        assert found["PATH"].endswith(":/usr/bin")
        assert (Path(found["PATH"].partition(":")[0]) / "docker-credential-langsmith-client").is_file(), (
            "docker finds it"
        )
    assert not folder.exists()
    assert (Path(environ["DOCKER_CONFIG"]) / "cli-plugins" / "docker-buildx").is_file(), "the user's own is untouched"


def test_a_helper_the_user_has_chosen_stays(users):
    with docker_with_ecr(HOST, users({"credHelpers": {HOST: "ecr-login"}})) as found:
        assert found == {}


def test_without_a_configuration_there_is_one_with_our_helper_alone(tmp_path):
    with docker_with_ecr(HOST, {"DOCKER_CONFIG": str(tmp_path / "none")}) as found:
        config = json.loads((Path(found["DOCKER_CONFIG"]) / "config.json").read_text(encoding="utf-8"))
        assert config == {"credHelpers": {HOST: "langsmith-client"}}
