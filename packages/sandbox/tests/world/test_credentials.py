"""The sandbox's secrets: made once, for the owner's eyes only."""

from __future__ import annotations

import re
import stat
import uuid
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox import credentials
from langsmith_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from langsmith_sandbox.paths import WorldPaths


def test_both_files_can_be_read_by_their_owner_only(paths: WorldPaths) -> None:
    credentials.load_or_make(paths)
    for file in (paths.credentials_file, credentials.passphrase_file(paths)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, f"{file.name} holds secrets"


def test_they_are_made_once_and_stay_the_same(paths: WorldPaths) -> None:
    assert credentials.load_or_make(paths) == credentials.load_or_make(paths)
    assert credentials.make() != credentials.make()


def test_they_have_the_shapes_of_the_real_ones(paths: WorldPaths) -> None:
    made = credentials.make()
    assert str(uuid.UUID(made.workspace_id)) == made.workspace_id
    assert re.fullmatch(r"lsv2_pt_[0-9a-f]{32}_[0-9a-f]{10}", made.api_key)
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", made.aws_access_key_id)
    assert len(made.aws_secret_access_key) == 40


def test_printing_them_shows_no_secret() -> None:
    made = credentials.make()
    for secret in (made.api_key, made.aws_secret_access_key, made.supervisor_token, made.passphrase):
        assert secret not in repr(made)


def test_without_a_sandbox_the_message_says_how_to_start_one(paths: WorldPaths) -> None:
    with pytest.raises(SandboxError, match="langsmith-sandbox start"):
        credentials.load(paths)


def test_a_damaged_file_is_named_without_quoting_it(paths: WorldPaths) -> None:
    paths.home.mkdir()
    paths.credentials_file.write_text('{"api_key": "lsv2_pt_canary"')
    with pytest.raises(SandboxError, match="langsmith-sandbox reset") as caught:
        credentials.load(paths)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None, "the cause holds the text"
