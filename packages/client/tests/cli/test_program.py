"""What every command shares: how it is called, called wrongly, and what happens when the fault is ours."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from langsmith_client.cli import COMMANDS, GROUPS, LazyGroup, main, session
from langsmith_client.errors import ProjectError
from langsmith_client.where import Where

CANARY = "lsv2_pt_canary_0123456789"


def commands() -> list[tuple[str, ...]]:
    """Every command by its words."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        nested = command.list_commands(click.Context(command)) if isinstance(command, click.Group) else []
        found += [(name, inner) for inner in nested] if nested else [(name,)]
    return found


def command_at(words: tuple[str, ...]) -> click.Command:
    """The command of these words."""
    found: click.Command = main
    for word in words:
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), word)
        assert inner is not None
        found = inner
    return found


ALL = commands()
WITHOUT_OUTPUT = {("completion",)}  # it prints a script and nothing else


def test_one_page_of_help_lists_every_command_also_those_of_groups(cli):
    lines = [line.strip() for line in cli("--help").out.splitlines()]
    for words in ALL:
        assert any(line.startswith(" ".join(words) + " ") for line in lines), words


def test_the_groups_are_those_that_have_commands_of_their_own():
    found = {name for name in COMMANDS if isinstance(command_at((name,)), LazyGroup)}
    assert found == GROUPS


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_speaks_json_asks_nothing_when_told_and_says_where_it_looked(words):
    options = {option for each in command_at(words).params for option in each.opts}
    expected = set() if words in WITHOUT_OUTPUT else {"--json", "--no-input", "--verbose"}
    assert {"--json", "--no-input", "--verbose"} & options == expected


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_no_command_takes_a_key_as_an_argument(words):
    options = {option for each in command_at(words).params for option in each.opts}
    assert not {option for option in options if "key" in option or "token" in option}, "argv is open to every process"


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("status", "--no-such-option"),
        ("wait",),
        ("deploy", "/no/such/folder"),
        ("listeners", "x"),
    ],
)
def test_a_wrong_call_is_an_event_where_machines_read(cli, arguments):
    outcome = cli(*arguments, "--json")
    (event,) = outcome.events()
    assert (outcome.exit_code, event["event"], event["exit_code"]) == (2, "error", 2)
    assert event["what"]
    assert "--help" in event["remedy"]
    assert "Usage:" in cli(*arguments).err, "people get click's own words"


def test_two_names_for_the_control_plane_are_one_too_many(cli):
    outcome = cli("status", "greeter", "--region", "eu", "--host-url", "http://127.0.0.1:1")
    assert outcome.exit_code == 2
    assert "give one of them" in outcome.err


@pytest.fixture
def broken(monkeypatch, connected):
    """A defect in the middle of a command."""

    def fail(name):
        raise KeyError(CANARY)

    monkeypatch.setattr(connected, "find", fail)


@pytest.mark.usefixtures("broken")
def test_a_defect_of_ours_is_two_sentences_that_quote_nothing():
    result = CliRunner().invoke(main, ["status", "greeter", "--verbose"], env={"LANGSMITH_CONFIG_FILE": "/none"})
    assert result.exit_code == 1
    assert "KeyError in test_program.py" in result.stderr
    assert "report what it prints" in result.stderr
    assert "in fail\n" in result.stderr, "--verbose tells the frames"
    assert CANARY not in result.output, "the text of an unexpected error may be a secret"
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("broken")
def test_a_defect_is_an_event_for_machines_too():
    result = CliRunner().invoke(main, ["status", "greeter", "--json"])
    event = json.loads(result.stdout.splitlines()[-1])
    assert (event["event"], event["exit_code"]) == ("error", 1)
    assert CANARY not in result.output


def test_verbose_says_where_every_setting_comes_from_and_not_the_key(cli):
    environ = {"LANGSMITH_API_KEY": CANARY, "LANGSMITH_WORKSPACE_ID": "no UUID"}  # so that nobody is asked
    outcome = cli("ls", "--verbose", "--host-url", "http://127.0.0.1:1", **environ)
    assert "control plane: http://127.0.0.1:1 (from --host-url)" in outcome.err
    assert "API key: from LANGSMITH_API_KEY" in outcome.err
    assert "workspace: no UUID (from LANGSMITH_WORKSPACE_ID)" in outcome.err
    assert CANARY not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("options", "repository", "platform"),
    [
        (
            ("--push-to", "127.0.0.1:1/flag", "--platform", "linux/arm64"),
            "127.0.0.1:1/flag (from --push-to)",
            "linux/arm64 (from --platform)",
        ),
        (
            ("--target", "dev"),
            "127.0.0.1:1/target/greeter (from the target dev in langsmith.toml)",
            "linux/arm64 (from the target dev in langsmith.toml)",
        ),
        (
            ("--target", "plain", "--push-to", "127.0.0.1:1/flag"),
            "127.0.0.1:1/flag (from --push-to)",
            "linux/amd64 (from the default)",
        ),
    ],
)
def test_verbose_says_where_an_image_s_settings_come_from(cli, agent, monkeypatch, options, repository, platform):
    monkeypatch.setattr("langsmith_client.registry.connection._FIRST_PAUSE", 0.0)
    agent.write(
        {"langsmith.toml": '[targets.dev]\npush_to = "127.0.0.1:1/target"\nplatform = "linux/arm64"\n[targets.plain]\n'}
    )
    outcome = cli("push", str(agent.folder), *options, "--verbose")
    assert f"repository: {repository}\n" in outcome.err
    assert f"platform: {platform}\n" in outcome.err


def test_the_end_of_a_pipe_is_not_an_error_about_a_file(cli, connected, monkeypatch):
    def fail(name):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(connected, "find", fail)
    outcome = cli("status", "greeter")
    assert outcome.exit_code == 1
    assert "cannot be used" not in outcome.err


@pytest.mark.parametrize(
    ("target", "flags", "place"),
    [
        (None, (None, None), None),
        (None, ("l-flag", "n-flag"), ("l-flag", "n-flag")),
        ("dev", (None, None), ("l-toml", "n-toml")),
        ("dev", ("l-flag", None), ("l-flag", "n-toml")),
        ("dev", (None, "n-flag"), ("l-toml", "n-flag")),
    ],
)
def test_each_half_of_a_place_is_the_flag_s_else_the_target_s(tmp_path, target, flags, place):
    (tmp_path / "langsmith.toml").write_text('[targets.dev]\nlistener_id = "l-toml"\nnamespace = "n-toml"\n')
    found = session.chosen_place(Where(target=target, start=tmp_path), *flags)
    assert (found and (found.listener_id, found.namespace)) == place


def test_half_a_place_is_none(tmp_path):
    with pytest.raises(ProjectError, match="go together"):
        session.chosen_place(Where(start=tmp_path), "l-flag", None)
