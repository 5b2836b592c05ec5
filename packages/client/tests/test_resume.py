"""The command that goes on can be pasted as it is."""

from __future__ import annotations

import shlex

from langsmith_client.resume import Resume
from langsmith_client.where import Where


def test_it_names_the_deployment_and_repeats_where_the_command_acted():
    where = Where(region="eu", profile="work")
    assert Resume.of(where, agent="agents/greeter")("greeter", "r1") == (
        "langsmith-client wait greeter r1 --region eu --profile work"
    )
    assert Resume.of(Where(host_url="https://x.example/api-host"))("greeter", "r1") == (
        "langsmith-client wait greeter r1 --host-url https://x.example/api-host"
    )


def test_a_target_is_looked_for_from_the_agents_folder():
    assert Resume.of(Where(target="prod"), agent="agents/greeter")("greeter", "r1") == (
        "langsmith-client wait agents/greeter r1 --target prod"
    )


def test_what_a_shell_would_take_apart_is_quoted():
    line = Resume.of(Where(), "--smoke", '{"name": "Ada & Co"}', "--smoke-graph", "greeter")("greeter", "r1")
    assert shlex.split(line)[4:] == ["--smoke", '{"name": "Ada & Co"}', "--smoke-graph", "greeter"]
