"""docs/client.md says what the program does: its outputs are run, its tables are compared with the code."""

from __future__ import annotations

import ast
import dataclasses
import functools
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import click
import pytest
from click.testing import CliRunner

import langsmith_client
from langsmith_client import deploy, errors
from langsmith_client.cli import COMMANDS, GROUPS, LazyGroup, main, session
from langsmith_client.cli.planning import NOTHING_TO_DO
from langsmith_client.connection import Sources
from langsmith_client.doctor import examination
from langsmith_client.fleet.board import DONE, FAILED
from langsmith_client.image.docker import DockerBuilder
from langsmith_client.proof import Proof
from langsmith_client.registry import Registry
from langsmith_client.result import Result
from langsmith_client.target.protocol import Phase
from langsmith_client.where import Where
from langsmith_control_plane.credentials import API_KEY_VARIABLES, WORKSPACE_VARIABLES
from langsmith_control_plane.endpoints import ENDPOINT_VARIABLE, HOST_URL_VARIABLE
from langsmith_control_plane.models import Listener

PAGE = (Path(__file__).parents[4] / "docs" / "client.md").read_text(encoding="utf-8")
SOURCE = Path(langsmith_client.__file__).parent
REGISTRY = "127.0.0.1:5000"
LISTENER = "0b8f1d52-1b3f-4a2e-9f43-0d8c9f2a7c11"
TOML = f"""
[targets.dev]
push_to = "{REGISTRY}/agents"
listener_id = "{LISTENER}"
namespace = "agents"

[agents.greeter]
path = "agents/greeter"
"""


def section(title: str) -> str:
    """The text below a heading, up to the next one; a `#` in a block of code is none."""
    lines: list[str] = []
    inside = fenced = False
    for line in PAGE.splitlines(keepends=True):
        fenced ^= line.startswith("```")
        if not fenced and line.startswith("#"):
            inside = line.lstrip("#").strip() == title
        elif inside:
            lines.append(line)
    assert lines, f"docs/client.md has no section {title!r}"
    return "".join(lines)


def rows(text: str) -> list[list[str]]:
    """The rows of the tables in a text, without headings."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines]
    rules = [number for number, row in enumerate(cells) if set("".join(row)) <= set("-: ")]
    headings = {number - 1 for number in rules} | set(rules)
    return [row for number, row in enumerate(cells) if number not in headings]


def consoles() -> Iterator[tuple[str, str]]:
    """Every command of the page's consoles with its output."""
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def normal(text: str) -> str:
    """Without what differs from run to run: times, hashes, ids and the registry's address."""
    text = re.sub(r"^ *\d+\.\ds  ", "   0.0s  ", text, flags=re.MULTILINE)
    text = re.sub(r"\b[0-9a-f]{7,64}\b", "…", text)
    text = re.sub(r"\([\d,]+ bytes\)", "(… bytes)", text)
    text = text.replace(REGISTRY, "registry.example.com")
    text = re.sub(r"seconds     .*", "seconds     …", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


class Plane:
    """A control plane with one listener; what the target in memory does not know is asked here."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def list_listeners(self) -> tuple[Listener, ...]:
        """The one listener."""
        return (Listener(LISTENER, "langsmith-dev", ("agents",), "0.16.36"),)

    def list_deployments(self, **_: object) -> tuple[()]:
        """None yet."""
        return ()


@pytest.fixture
def reader(monkeypatch, make_agent, connected, open_registry, server, push_base, clock, tmp_path) -> Any:
    """Somebody who follows the page in a repository with one agent, its target and a registry, but without docker."""
    repository = make_agent("repository", git=False)
    for file in ("langgraph.json", "pyproject.toml", "greeter"):
        (repository.folder / file).rename(repository.folder.parent / file)
    make_agent("repository/agents/greeter", git=False)
    repository.write({"langsmith.toml": TOML})
    repository.git("init", "--quiet")
    repository.commit()
    server.manifests["agents/greeter", "1.0.0"] = server.manifests[push_base({}).repository.path, "3.11"]
    monkeypatch.chdir(repository.folder)
    environ = {"LANGSMITH_API_KEY": "lsv2_sk_canary_0123456789", "LANGSMITH_CONFIG_FILE": "/none"}
    for name, value in {**environ, "LANGSMITH_CLIENT_CACHE": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Registry, "from_environment", lambda environ: open_registry())
    asked = functools.partial(examination.Surroundings, registry=lambda environ: open_registry())
    monkeypatch.setattr(examination, "Surroundings", asked)
    monkeypatch.setattr(DockerBuilder, "obstacle", lambda self, project: "docker is not installed")
    for place in ("langsmith_control_plane.client", "langsmith_client.doctor.account"):
        monkeypatch.setattr(f"{place}.ControlPlaneClient", Plane)

    def surroundings(target: Any, reporter: Any) -> deploy.Surroundings:
        def prove(url: str | None, revision_id: str, *, replicas: int) -> Proof:
            return Proof(True, revision_id)

        return deploy.Surroundings(target, reporter, prove=prove, clock=clock, sleep=clock.sleep)

    monkeypatch.setattr(session, "surroundings", surroundings)
    connected.walk = [Phase.PENDING, Phase.DEPLOYED]
    return repository


def run(command: str) -> str:
    """What a command prints, to both of its outputs, as it comes."""
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert result.exception is None or isinstance(result.exception, SystemExit), command
    return normal(result.output)


@pytest.mark.usefixtures("reader")
def test_every_console_prints_what_the_page_shows():
    shown = list(consoles())
    assert len(shown) > 8
    for command, output in shown:
        assert run(command) == normal(output), command


@functools.cache
def called() -> list[tuple[str, str, str, set[str]]]:
    """Every event in the code: file, method (`say`, `table`, `finish`), event and the fields that are written out."""
    found: list[tuple[str, str, str, set[str]]] = []
    for file in sorted(SOURCE.rglob("*.py")):
        if file.name == "langsmith_toml.py":
            continue  # its tables are TOML's
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Attribute(attr="say" | "table" | "finish" as method), [ast.Constant(str(event)), *_]):
                    fields = {keyword.arg for keyword in node.keywords if keyword.arg}
                    found.append((file.relative_to(SOURCE).as_posix(), method, event, fields - {"headings"}))
    return found


def names(cell: str) -> list[str]:
    """The words in backticks."""
    return re.findall(r"`([^`]+)`", cell)


EVENTS = {event: set(names(row[2])) for row in rows(section("Output")) if len(row) == 3 for event in names(row[0])}
RESULTS = {command: set(names(row[1])) for row in rows(section("Output")) if len(row) == 2 for command in names(row[0])}


def test_every_event_is_listed_with_the_fields_the_code_gives_it():
    found = {"error", DONE, FAILED}
    for file, method, event, fields in called():
        found.add(event)
        if method == "say":
            assert fields <= EVENTS.get(event, set()), f"{event} in {file} has fields that docs/client.md does not list"
    assert found == EVENTS.keys()


def test_every_command_ends_with_a_result_whose_fields_are_listed():
    by_file: dict[str, set[str]] = {}
    for file, method, event, fields in called():
        if method == "finish":
            assert event == "result", f"{file} ends with {event}; the last line is a result or an error"
            by_file.setdefault(file, set()).update(fields)
    for file, fields in by_file.items():
        words = file.removeprefix("cli/").removesuffix(".py").replace("/", " ")
        # One module reports for deploy, and one for all commands that change the environment.
        command = words if words in RESULTS else "env push" if words.startswith("env ") else "deploy"
        assert fields <= RESULTS[command], f"the result of `{command}` has fields that docs/client.md does not list"
    speaking = {word for words in COMMAND_WORDS if (word := " ".join(words)) != "completion"}
    assert speaking == RESULTS.keys()


def test_a_deploy_s_result_is_listed_completely():
    assert {field.name for field in dataclasses.fields(Result)} | {"steps"} == RESULTS["deploy"]


def test_every_exit_code_is_listed_once_and_no_other():
    listed = [int(row[0]) for row in rows(section("Exit codes"))]
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    codes = {value.exit_code for value in classes if issubclass(value, errors.ClientError)}
    assert listed == sorted({0, NOTHING_TO_DO, *codes})


def words_of_commands() -> Iterator[tuple[str, ...]]:
    """The commands, those of groups with their group."""
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        yield from ((name, inner) for inner in command.summaries) if isinstance(command, LazyGroup) else [(name,)]


COMMAND_WORDS = list(words_of_commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_an_example_that_click_understands(name):
    examples = re.findall(r"^(?:\$ )?(langsmith-client .+?)(?<!\\)$", section(f"`{name}`"), re.MULTILINE | re.DOTALL)
    assert examples, name
    for example in examples:
        words = [word for word in shlex.split(example.partition(" < ")[0].partition(" > ")[0]) if word != "\n"][1:]
        command: click.Command = main
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None, example
            command = found
        known = {option for each in command.params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known, example


@pytest.mark.parametrize("words", COMMAND_WORDS, ids=" ".join)
def test_options_that_a_section_mentions_exist(words):
    command: click.Command = main
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands.get(word) or command.get_command(click.Context(command), word)  # type: ignore[assignment]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    prose = re.sub(r"^```.*?^```", "", section(f"`{words[0]}`"), flags=re.MULTILINE | re.DOTALL)
    if words[0] not in GROUPS:
        assert set(re.findall(r"`(--[a-z-]+)", prose)) <= known


def test_the_order_of_settings_names_the_variables_in_the_order_of_the_code():
    table = {row[0]: row for row in rows(section("Where a command acts")) if len(row) == 5}
    assert names(table["4"][2]) == [HOST_URL_VARIABLE, ENDPOINT_VARIABLE]
    assert names(table["4"][3]) == list(API_KEY_VARIABLES)
    assert names(table["4"][4]) == list(WORKSPACE_VARIABLES)
    assert names(table["1"][3]) == [], "no key is an argument"


STEPS = {  # how a row of the table is made true, and what the control plane then is
    "2": ({"target": "placed"}, {}, "https://two.example"),
    "3": ({"target": "named"}, {}, "https://three.example/api-host"),
    "4": ({}, {"LANGGRAPH_HOST_URL": "https://four.example"}, "https://four.example"),
    "5": ({}, {"LANGSMITH_PROFILE": "five"}, "https://five.example/api-host"),
    "6": ({}, {}, "https://api.host.langchain.com"),
}


@pytest.mark.parametrize("row", STEPS)
def test_each_row_of_the_order_beats_those_below_it(tmp_path, row):
    assert row in {cells[0] for cells in rows(section("Where a command acts")) if len(cells) == 5}
    profiles = {name: {"api_url": f"https://{name}.example"} for name in ("three", "five", "default")}
    (tmp_path / "config.json").write_text(json.dumps({"profiles": profiles if int(row) < 6 else {}}))
    (tmp_path / "langsmith.toml").write_text(
        '[targets.placed]\nprofile = "three"\nhost_url = "https://two.example"\n[targets.named]\nprofile = "three"\n'
    )
    flags, environ, expected = {}, {"LANGSMITH_CONFIG_FILE": str(tmp_path / "config.json")}, STEPS[row][2]
    for below in sorted((each for each in STEPS if each >= row), reverse=True):
        flags |= STEPS[below][0]
        environ |= STEPS[below][1]
    found = Sources(Where(start=tmp_path, **flags), environ).host()
    assert found.value.control_plane == expected


def test_every_key_of_a_langsmith_toml_is_listed():
    schema = json.loads((SOURCE / "langsmith_toml.schema.json").read_text(encoding="utf-8"))
    listed = {title: set(names(" ".join(row[0] for row in rows(part)))) for title, part in tables()}
    for kind in ("targets", "agents"):
        properties = resolve(schema, schema["properties"][kind]["additionalProperties"])["properties"]
        assert set(properties) == listed[f"[{kind}.NAME]"]


def tables() -> Iterator[tuple[str, str]]:
    """The two tables of keys, by what they are keys of."""
    parts = re.split(r"^\| key of `(\[\w+\.NAME\])`", section("langsmith.toml"), flags=re.MULTILINE)
    for title, part in zip(parts[1::2], parts[2::2], strict=True):
        yield title, "| key" + part.partition("\n\n")[0]


def resolve(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the schema."""
    if "$ref" in part:
        for key in part["$ref"].removeprefix("#/").split("/"):
            schema = schema[key]
        return schema
    return part
