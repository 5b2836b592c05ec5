"""Keys come from official variables, and what cannot be sent is refused before an HTTP library quotes it."""

from __future__ import annotations

import pytest

from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.errors import CredentialsError
from langsmith_control_plane.secret import Secret


def test_key_variables_are_tried_in_the_official_order() -> None:
    environ = {"LANGCHAIN_API_KEY": "third", "LANGSMITH_API_KEY": "second", "LANGGRAPH_HOST_API_KEY": " "}
    assert Credentials.from_environment(environ).api_key.reveal() == "second", "a blank variable does not count"


def test_workspace_is_sent_only_when_it_is_known() -> None:
    assert Credentials.from_environment({"LANGSMITH_API_KEY": "key"}).headers() == {"X-Api-Key": "key"}, (
        "an empty tenant header would be a malformed UUID"
    )
    environ = {"LANGSMITH_API_KEY": "key", "LANGSMITH_TENANT_ID": "old", "LANGSMITH_WORKSPACE_ID": "new"}
    assert Credentials.from_environment(environ).headers()["X-Tenant-Id"] == "new", "the newer name wins"


def test_missing_key_says_what_to_set() -> None:
    with pytest.raises(CredentialsError, match="Set LANGSMITH_API_KEY"):
        Credentials.from_environment({})


def test_line_break_of_a_copied_key_is_dropped() -> None:
    assert Credentials(Secret("key\n")).headers()["X-Api-Key"] == "key", "files and clipboards add line breaks"


@pytest.mark.parametrize("key", ["canary key", "canary\nkey", "canarykéy", "canary\x00key"])
def test_key_that_fits_no_header_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(CredentialsError) as failure:
        Credentials(Secret(key))
    assert "canary" not in str(failure.value), "an HTTP library would quote the header's value"


def test_workspace_that_fits_no_header_is_refused() -> None:
    with pytest.raises(CredentialsError, match="not a UUID"):
        Credentials(Secret("key"), "my workspace")
