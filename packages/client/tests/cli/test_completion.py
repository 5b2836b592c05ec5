"""Shells complete commands, options and the names in one's own files."""

from __future__ import annotations

import json

import pytest
from click.shell_completion import ShellComplete

from langsmith_client.cli import main


def offered(*words: str) -> list[str]:
    """What is offered after these words, the last of which is unfinished."""
    *before, incomplete = words
    return [item.value for item in ShellComplete(main, {}, "x", "_X").get_completions(before, incomplete)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_calls_this_program_by_its_own_variable(cli, shell):
    outcome = cli("completion", shell)
    assert outcome.exit_code == 0
    assert "_LANGSMITH_CLIENT_COMPLETE" in outcome.out
    assert f"{shell}_complete" in outcome.out


def test_another_shell_is_a_usage_error(cli):
    assert cli("completion", "tcsh").exit_code == 2


def test_commands_also_nested_ones_are_offered():
    assert offered("lis") == ["listeners"]
    assert offered("listeners", "s") == ["show"]


def test_targets_and_profiles_of_ones_own_files_are_offered(monkeypatch, tmp_path):
    (tmp_path / "langsmith.toml").write_text("[targets.prod]\n[targets.preview]\n[targets.dev]\n")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"profiles": {"eu": {}, "us": {}}}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGSMITH_CONFIG_FILE", str(config))
    assert offered("status", "--target", "pr") == ["prod", "preview"]
    assert offered("status", "--profile", "") == ["eu", "us"]


@pytest.mark.parametrize("content", [None, "[targets", "{"])
def test_files_with_problems_offer_nothing_and_print_nothing(monkeypatch, tmp_path, capsys, content):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGSMITH_CONFIG_FILE", str(tmp_path / "config.json"))
    (tmp_path / ".git").mkdir()
    if content:
        (tmp_path / "langsmith.toml").write_text(content)
        (tmp_path / "config.json").write_text(content)
    assert offered("status", "--target", "") == offered("status", "--profile", "") == []
    assert capsys.readouterr() == ("", "")
