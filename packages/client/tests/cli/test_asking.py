"""Nobody is asked who cannot answer, and silence is a no."""

from __future__ import annotations

import io
import json

import pytest
from click.testing import CliRunner

from langsmith_client.cli import main
from langsmith_client.target.protocol import Deployment

NAME = "greeter"


class Terminal(io.BytesIO):
    """An input that counts as a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def there(monkeypatch, connected):
    """A deployment, and what became of it."""
    connected.deployment = Deployment("d1", NAME, {}, None)
    removed: list[str] = []
    monkeypatch.setattr(
        "langsmith_client.removal.remove", lambda target, found, *rest, **options: removed.append(found.id)
    )
    return removed


def delete(typed, *options, terminal=True):
    """Delete it, typing something."""
    given = Terminal(typed.encode()) if terminal else typed
    return CliRunner().invoke(main, ["delete", NAME, *options], input=given, env={"LANGSMITH_CONFIG_FILE": "/none"})


def test_the_name_has_to_be_typed(there):
    result = delete(f"{NAME}\n")
    assert (result.exit_code, there) == (0, ["d1"])


@pytest.mark.parametrize("typed", ["\n", "y\n", "yes\n", "greete\n"])
def test_anything_else_is_a_no(there, typed):
    result = delete(typed)
    assert result.exit_code == 1
    assert not there


@pytest.mark.parametrize(("options", "terminal"), [((), False), (("--no-input",), True), (("--json",), False)])
def test_where_nobody_can_be_asked_the_option_is_named(there, options, terminal):
    result = delete(f"{NAME}\n", *options, terminal=terminal)
    assert result.exit_code == 2
    assert "nobody to ask: give --yes to delete it" in result.output
    assert not there


def test_the_question_stays_out_of_what_machines_read(there):
    result = delete("greeter\n", "--json")
    assert (result.exit_code, there) == (0, ["d1"])
    assert "Type greeter" in result.stderr


def test_a_no_is_an_event_for_machines(there):
    result = delete("no\n", "--json")
    event = json.loads(result.stdout.splitlines()[-1])
    assert (result.exit_code, event["event"], event["exit_code"]) == (1, "error", 1)
    assert "not confirmed" in event["what"]
    assert not there
