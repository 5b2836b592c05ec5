"""What is written reads back the same, by us and by the official client, and is nobody else's to read."""

from __future__ import annotations

import os
import stat

import pytest
from langgraph_cli import deploy as official

from langsmith_client.environment.env_file import read_env_file, render_env_file, write_private
from langsmith_client.errors import ProjectError

AWKWARD = [
    "plain",
    "with spaces ",
    "# not a comment",
    "a=b",
    "it's",
    'say "hi"',
    "back\\slash\\n",
    "two\nlines\n",
    "carriage\r\nreturn",
    "pa$$word",
    "${HOME}",
    "$${A:-b}",
    "tab\tand \u00fcmlaut \U0001f600",
    "\\",
    '"',
]


@pytest.mark.parametrize("value", AWKWARD)
def test_a_value_comes_back_as_it_was_from_both_clients(tmp_path, value):
    path = tmp_path / ".env"
    write_private(path, render_env_file({"A": value, "B": "next"}), replace=False)
    assert read_env_file(path) == {"A": value, "B": "next"}
    read = official._parse_env_from_config({"env": ".env"}, tmp_path / "langgraph.json")
    assert read == {"A": value, "B": "next"}


def test_references_are_comments_because_their_values_are_elsewhere(tmp_path, references):
    text = render_env_file({"A": "1"}, references(DB="greeter-db:uri"))
    (tmp_path / "x").write_text(text, encoding="utf-8")
    assert "# DB is the key uri of the Secret greeter-db." in text
    assert read_env_file(tmp_path / "x") == {"A": "1"}


def test_a_written_file_is_its_owners_alone_even_in_place_of_an_open_one(tmp_path):
    path = tmp_path / "x"
    write_private(path, "A=1\n", replace=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    write_private(path, "A=2\n", replace=True)
    assert (path.read_text(encoding="utf-8"), stat.S_IMODE(path.stat().st_mode)) == ("A=2\n", 0o600)
    assert os.listdir(tmp_path) == ["x"], "no copy stays behind"


def test_an_existing_file_is_left_alone_unless_told(tmp_path):
    path = tmp_path / "x"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match="exists"):
        write_private(path, "A=1\n", replace=False)
    assert path.read_text(encoding="utf-8") == "mine"
    assert os.listdir(tmp_path) == ["x"], "what was to be written does not lie about in plain"


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "target").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_private(tmp_path / "link", "A=1\n", replace=True)
    assert (tmp_path / "target").read_text(encoding="utf-8") == "mine"
