"""The credentials file of LangSmith's own tools: read as they do, and refused in words where they pass it over."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from langsmith_control_plane.errors import CredentialsError
from langsmith_control_plane.profiles import load_profile, profile_names, profiles_file

Write = Callable[..., dict[str, str]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a credentials file; returns the environment that names it."""

    def written(content: Mapping[str, Any] | str, **environ: str) -> dict[str, str]:
        path = tmp_path / "config.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return {"LANGSMITH_CONFIG_FILE": str(path), **environ}

    return written


def profiles(*names: str, current: str | None = None) -> dict[str, Any]:
    """A file of profiles whose key tells their name."""
    listed = {"profiles": {name: {"api_key": f"key-of-{name}"} for name in names}}
    return listed | ({"current_profile": current} if current else {})


@pytest.mark.parametrize(
    ("asked", "variable", "current", "chosen"),
    [
        ("eu", "us", "other", "eu"),
        (None, "us", "other", "us"),
        (None, "", "other", "other"),
        (None, "", None, "default"),
    ],
)
def test_profile_is_chosen_in_the_order_of_the_official_tools(
    write: Write, asked: str | None, variable: str, current: str | None, chosen: str
) -> None:
    environ = write(profiles("eu", "us", "other", "default", current=current), LANGSMITH_PROFILE=variable)
    profile = load_profile(environ, asked)
    assert profile is not None
    assert profile.name == chosen, "whoever uses both tools must not be two different people"


def test_all_fields_of_a_profile_are_read(write: Write) -> None:
    fields = {"api_url": "https://eu.api.smith.langchain.com", "api_key": ' "quoted" ', "workspace_id": "w-1"}
    profile = load_profile(write({"profiles": {"default": fields}}))
    assert profile is not None
    assert (profile.api_url, profile.workspace_id) == ("https://eu.api.smith.langchain.com", "w-1")
    key = profile.api_key({})
    assert key is not None
    assert key.reveal() == "quoted", "the SDKs drop quotation marks, so files with them exist"


@pytest.mark.parametrize("content", ["", "{}", '{"profiles": {}}', '{"profiles": {"dev": {"api_key": "k"}}}'])
def test_nobody_is_logged_in_where_nothing_asks_for_a_profile(write: Write, content: str) -> None:
    assert load_profile(write(content)) is None


def test_a_missing_file_is_nobody_until_a_profile_is_asked_for(tmp_path: Path) -> None:
    environ = {"LANGSMITH_CONFIG_FILE": str(tmp_path / "none.json")}
    assert load_profile(environ) is None
    with pytest.raises(CredentialsError, match=r"no profile 'prod' in .*none\.json"):
        load_profile(environ, "prod")


@pytest.mark.parametrize(
    ("asked", "variable", "current"), [("prod", "", None), (None, "prod", None), (None, "", "prod")]
)
def test_a_profile_that_is_asked_for_must_exist(
    write: Write, asked: str | None, variable: str, current: str | None
) -> None:
    environ = write(profiles("dev", "eu", current=current), LANGSMITH_PROFILE=variable)
    with pytest.raises(CredentialsError, match=r"no profile 'prod'.* It has dev, eu"):
        load_profile(environ, asked)


@pytest.mark.parametrize("content", ['{"profiles": ', "[]", '{"profiles": ["canary"]}', '{"api_key": canary'])
def test_a_damaged_file_is_refused_without_quoting_it(write: Write, content: str) -> None:
    with pytest.raises(CredentialsError) as failure:
        load_profile(write(content))
    assert "config.json" in str(failure.value)
    assert "canary" not in str(failure.value), "the file holds keys"


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="cannot be read"):
        load_profile({"LANGSMITH_CONFIG_FILE": str(tmp_path)})


def test_a_key_may_be_in_a_variable_or_a_file_of_its_own(write: Write, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-file\n")
    fields = {"variable": {"api_key_env": "TEAM_KEY"}, "file": {"api_key": f"@{tmp_path / 'key'}"}}
    environ = write({"profiles": fields}, TEAM_KEY="from-variable")
    for name in fields:
        profile = load_profile(environ, name)
        key = profile.api_key(environ) if profile else None
        assert key is not None
        assert key.reveal() == f"from-{name}"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"api_key_env": "TEAM_KEY"}, "TEAM_KEY, which is not set"),
        ({"api_key": "@/no/such/key"}, "/no/such/key, which cannot be read"),
        ({"api_key_cmd": "pass show canary"}, "a key that a command prints"),
        ({"secret_store": "keychain"}, "keychain"),
        ({"oauth": {"access_token": "canary", "refresh_token": "canary"}}, "OAuth"),
    ],
)
def test_a_login_that_cannot_be_used_is_named_and_not_shown(write: Write, fields: dict[str, Any], said: str) -> None:
    profile = load_profile(write({"profiles": {"default": fields}}))
    assert profile is not None
    with pytest.raises(CredentialsError, match=said) as failure:
        profile.api_key({})
    assert "canary" not in str(failure.value) + repr(profile), "a login must not end up in a log"


def test_a_key_stands_before_an_oauth_login_as_in_the_sdks(write: Write) -> None:
    fields = {"api_key": "key", "oauth": {"access_token": "token"}}
    profile = load_profile(write({"profiles": {"default": fields}}))
    key = profile.api_key({}) if profile else None
    assert key is not None
    assert key.reveal() == "key"


def test_the_file_is_in_the_home_folder_unless_a_variable_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert profiles_file({}) == tmp_path / ".langsmith" / "config.json"
    assert profiles_file({"LANGSMITH_CONFIG_FILE": "~/elsewhere.json"}) == tmp_path / "elsewhere.json"


def test_the_names_of_all_profiles_are_known_for_completion(write: Write) -> None:
    assert profile_names(write(profiles("eu", "us"))) == ("eu", "us")
    assert profile_names(write("")) == ()
