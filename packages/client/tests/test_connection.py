"""One order for every setting, told with its source and never with the key."""

from __future__ import annotations

import json

import pytest

from langsmith_client.connection import Sources
from langsmith_client.errors import ProjectError, SettingsError, TargetAccessError
from langsmith_client.where import Where

TARGET = """
[targets.prod]
host_url = "https://target.example/api-host"
workspace_id = "of-target"

[targets.by-profile]
profile = "named"

[targets.open]
"""
PROFILES = {
    "current_profile": "ambient",
    "profiles": {
        name: {"api_url": f"https://{name}.example", "api_key": f"key-of-{name}", "workspace_id": f"of-{name}"}
        for name in ("ambient", "named")
    }
    | {"bare": {}, "oauth": {"oauth": {"access_token": "canary"}}},
}
ENVIRONMENT = {
    "LANGGRAPH_HOST_URL": "https://environment.example",
    "LANGSMITH_ENDPOINT": "https://endpoint.example/api/v1",
    "LANGGRAPH_HOST_API_KEY": "key-of-host-variable",
    "LANGSMITH_API_KEY": "key-of-environment",
    "LANGCHAIN_API_KEY": "key-of-old-variable",
    "LANGSMITH_WORKSPACE_ID": "of-environment",
    "LANGSMITH_TENANT_ID": "of-old-variable",
}


@pytest.fixture
def sources(tmp_path):
    """Asks a folder with a langsmith.toml and a file of profiles; `without` leaves variables out of the environment."""
    (tmp_path / "langsmith.toml").write_text(TARGET)
    config = tmp_path / "config.json"
    config.write_text(json.dumps(PROFILES))

    def make(without=(), environ=ENVIRONMENT, **flags):
        kept = {name: value for name, value in environ.items() if name not in without}
        return Sources(Where(start=tmp_path, **flags), {**kept, "LANGSMITH_CONFIG_FILE": str(config)})

    return make


HOSTS = ("LANGGRAPH_HOST_URL",)
BOTH_HOSTS = (*HOSTS, "LANGSMITH_ENDPOINT")


@pytest.mark.parametrize(
    ("flags", "without", "url", "source"),
    [
        ({"host_url": "https://flag.example", "target": "prod"}, (), "https://flag.example", "--host-url"),
        ({"region": "eu", "target": "prod"}, (), "https://eu.api.host.langchain.com", "--region"),
        ({"target": "prod", "profile": "named"}, (), "https://target.example/api-host", "the target prod"),
        ({"target": "by-profile"}, (), "https://named.example/api-host", "the profile named"),
        ({"profile": "named"}, (), "https://named.example/api-host", "the profile named"),
        ({"profile": "bare"}, (), "https://environment.example", "LANGGRAPH_HOST_URL"),
        ({"target": "open"}, (), "https://environment.example", "LANGGRAPH_HOST_URL"),
        ({}, (), "https://environment.example", "LANGGRAPH_HOST_URL"),
        ({}, HOSTS, "https://endpoint.example/api-host", "LANGSMITH_ENDPOINT"),
        ({}, BOTH_HOSTS, "https://ambient.example/api-host", "the profile ambient"),
        ({"profile": "bare"}, BOTH_HOSTS, "https://api.host.langchain.com", "the default"),
    ],
)
def test_the_control_plane_is_the_first_that_is_named(sources, flags, without, url, source):
    host = sources(without, **flags).host()
    assert host.value.control_plane == url
    assert host.source.startswith(source), "whoever wonders must be told"


KEYS = ("LANGGRAPH_HOST_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")


@pytest.mark.parametrize(
    ("flags", "without", "key", "source"),
    [
        ({"profile": "named"}, (), "key-of-named", "the profile named"),
        ({"target": "by-profile"}, (), "key-of-named", "the profile named"),
        ({"target": "by-profile", "profile": "ambient"}, (), "key-of-ambient", "the profile ambient"),
        ({"profile": "bare"}, (), "key-of-host-variable", "LANGGRAPH_HOST_API_KEY"),
        ({"target": "prod"}, (), "key-of-host-variable", "LANGGRAPH_HOST_API_KEY"),
        ({}, (), "key-of-host-variable", "LANGGRAPH_HOST_API_KEY"),
        ({}, KEYS[:1], "key-of-environment", "LANGSMITH_API_KEY"),
        ({}, KEYS[:2], "key-of-old-variable", "LANGCHAIN_API_KEY"),
        ({}, KEYS, "key-of-ambient", "the profile ambient"),
    ],
)
def test_the_key_is_the_first_that_is_named(sources, flags, without, key, source):
    found = sources(without, **flags).api_key()
    assert found.value.reveal() == key
    assert found.source.startswith(source)


WORKSPACES = ("LANGSMITH_WORKSPACE_ID", "LANGSMITH_TENANT_ID")


@pytest.mark.parametrize(
    ("flags", "without", "workspace"),
    [
        ({"target": "prod", "profile": "named"}, (), "of-target"),
        ({"target": "by-profile"}, (), "of-named"),
        ({"profile": "named"}, (), "of-named"),
        ({}, (), "of-environment"),
        ({}, WORKSPACES[:1], "of-old-variable"),
        ({}, WORKSPACES, "of-ambient"),
    ],
)
def test_the_workspace_is_the_first_that_is_named(sources, flags, without, workspace):
    found = sources(without, **flags).workspace()
    assert found.value == workspace


def test_a_named_profile_is_not_filled_up_from_the_one_nobody_named(sources):
    found = sources((*KEYS, *WORKSPACES), profile="bare")
    assert found.workspace() is None
    with pytest.raises(TargetAccessError, match="No LangSmith API key"):
        found.api_key()


def test_a_machine_without_profiles_logs_in_by_its_environment_for_a_target_that_names_one(sources, tmp_path):
    (tmp_path / "config.json").unlink()
    found = sources(target="by-profile").connection()
    assert (found.host.source, found.api_key.source) == ("LANGGRAPH_HOST_URL", "LANGGRAPH_HOST_API_KEY"), "as in CI"
    with pytest.raises(TargetAccessError, match=r"config\.json with the profile 'named' that the target names"):
        sources(KEYS, target="by-profile").api_key()


def test_a_profile_that_a_flag_names_is_insisted_on_there_too(sources, tmp_path):
    (tmp_path / "config.json").unlink()
    with pytest.raises(TargetAccessError, match="no profile 'named'"):
        sources(profile="named")


def test_a_target_s_profile_that_others_are_kept_without_is_an_error(sources, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"profiles": {"other": {"api_key": "key"}}}))
    with pytest.raises(TargetAccessError, match="no profile 'named'"):
        sources(target="by-profile")


def test_an_oauth_login_is_refused_when_it_is_what_there_is(sources):
    with pytest.raises(TargetAccessError, match="OAuth") as failure:
        sources(profile="oauth").api_key()
    assert "canary" not in str(failure.value)


def test_an_unused_login_that_could_not_be_used_is_no_obstacle(sources):
    assert sources(environ={**ENVIRONMENT, "LANGSMITH_PROFILE": "oauth"}).api_key().source == "LANGGRAPH_HOST_API_KEY"


@pytest.mark.parametrize(
    ("flags", "error", "said"),
    [
        ({"profile": "nobody"}, TargetAccessError, "no profile 'nobody'"),
        ({"target": "prd"}, ProjectError, "prod"),
        ({"host_url": "https://eu.smith.langchain.com"}, SettingsError, "--host-url is https://eu.smith"),
    ],
)
def test_what_is_named_and_is_not_there_is_an_error_and_never_passed_over(sources, flags, error, said):
    with pytest.raises(error, match=said):
        sources(**flags).connection()


def test_a_target_without_a_langsmith_toml_says_what_is_missing(tmp_path):
    (tmp_path / ".git").mkdir()  # what is above the repository is somebody else's
    with pytest.raises(ProjectError, match=r"no langsmith\.toml that could hold the target 'prod'"):
        Sources(Where(target="prod", start=tmp_path), {})


def test_words_and_log_tell_sources_and_not_the_key(sources, caplog):
    caplog.set_level("INFO", "langsmith_client")
    words = sources(target="prod").connection().words()
    assert words == {
        "control plane": "https://target.example/api-host (from the target prod in langsmith.toml)",
        "API key": "from LANGGRAPH_HOST_API_KEY",
        "workspace": "of-target (from the target prod in langsmith.toml)",
    }
    assert [record.getMessage() for record in caplog.records] == [f"{name}: {text}" for name, text in words.items()]
    assert "key-of" not in caplog.text


def test_a_key_that_fits_no_header_is_refused_before_anything_is_sent(sources):
    with pytest.raises(TargetAccessError, match="holds a space") as failure:
        sources(environ={"LANGSMITH_API_KEY": "canary key"}).api_key()
    assert "canary" not in str(failure.value)


def test_a_workspace_that_fits_no_header_is_refused_as_well(sources):
    found = sources(environ={"LANGSMITH_API_KEY": "key", "LANGSMITH_WORKSPACE_ID": "my workspace"}).connection()
    with pytest.raises(TargetAccessError, match="not a UUID"):
        found.credentials()
