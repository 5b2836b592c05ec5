"""No way of failing prints a secret or a traceback: every command, against servers that throw secrets back."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import click
import pytest

from langsmith_client.cli import COMMANDS, GROUPS, LazyGroup, main

KEY = "lsv2_pt_canary_0123456789"
CANARY = "canary"  # part of every secret that is planted

# A command for each module; {agent} is a folder, {registry} a registry, {env} a file of variables, {toml} a fleet.
CALLS = (
    "build {agent} --builder layers --base-image {registry}/base:1",
    "apply --target dev --fleet {toml} --yes",
    "build {agent}",
    "delete greeter --yes",
    "deploy {agent} --push-to {registry}/greeter --env-file {env}",
    "deploy {agent} --push-to {registry}/greeter --listener-id l1 --k8s-namespace agents",
    "diff greeter",
    "doctor {agent} --push-to {registry}/greeter",
    "env diff {agent}",
    "env pull greeter --output pulled.env",
    "env push {agent}",
    "env set greeter TOKEN@{env}",
    "env unset greeter TOKEN",
    "history greeter",
    "init {agent} --from-stack {agent}:dev --force",
    "listeners list",
    "listeners show l1",
    "logs greeter",
    "ls",
    "outdated {agent}",
    "plan --target dev --fleet {toml}",
    "push {agent} --push-to {registry}/greeter --builder layers",
    "rollback greeter --yes",
    "status greeter",
    "wait greeter r1",
)


class Thrower(BaseHTTPRequestHandler):
    """Answers everything with the server's `answer`, given all the request's secrets to put into it."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        secrets = f"{self.headers.get('X-Api-Key')} {self.headers.get('Authorization')} {self.rfile.read(length)!r}"
        status, headers, body = self.server.answer(self.path, secrets)  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body.encode())), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the library's names

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the library's name
        """Stay silent."""


Answer = tuple[int, dict[str, str], str]


def refused(path: str, secrets: str) -> Answer:
    """401 as FastAPI has it, quoting the request."""
    return 401, {"WWW-Authenticate": 'Basic realm="x"'}, json.dumps({"detail": f"Invalid key {secrets}"})


def invalid(path: str, secrets: str) -> Answer:
    """422 with the input that is at fault."""
    problem = {"loc": ["body", "secrets"], "msg": "bad", "type": "x", "input": secrets}
    return 422, {}, json.dumps({"detail": [problem]})


def page(path: str, secrets: str) -> Answer:
    """A proxy's page, with everything it got."""
    return 200, {"Content-Type": "text/html"}, f"<html>{secrets}</html>"


def elsewhere(path: str, secrets: str) -> Answer:
    """A redirect with a login in it."""
    return 302, {"Location": f"http://user:{CANARY}@127.0.0.1:1/"}, secrets


def half(path: str, secrets: str) -> Answer:
    """A deployment with secrets can be read, and nothing more: no revision, log or image."""
    deployment = {
        "id": "d1",
        "name": "greeter",
        "tenant_id": "t",
        "source": "external_docker",
        "status": "READY",
        "latest_revision_id": "r1",
        "source_config": {"listener_id": "l1", "resource_spec": {"sidecars": [{"env": CANARY}]}},
        "source_revision_config": {"image_uri": f"user:{CANARY}@nowhere/x@sha256:1"},
        "secrets": [{"name": "TOKEN", "value": CANARY}],
    }
    if path.split("?", maxsplit=1)[0].endswith("/deployments"):
        return 200, {}, json.dumps({"resources": [deployment], "offset": 1})
    return (200, {}, json.dumps(deployment)) if path.endswith("/d1") else refused(path, secrets)


# Settings are read in one place: what is wrong with them shows in a few commands as in all.
FEW = ("doctor", "ls", "plan")


@dataclasses.dataclass(frozen=True)
class World:
    """One way in which things go wrong; files hold secrets whatever it is.

    Attributes:
        answer: What every server says, given a path and the request's secrets.
        environ: The variables of who asks.
        profiles: LangSmith's credentials file.
        options: Added to each call.
        succeeds: Commands that it does not keep from succeeding.
    """

    answer: Callable[[str, str], Answer] = refused
    environ: dict[str, str] = dataclasses.field(default_factory=lambda: {"LANGSMITH_API_KEY": KEY})
    profiles: str = "{}"
    options: tuple[str, ...] = ()
    succeeds: tuple[str, ...] = ()


ANSWERS = {
    "refused": World(),
    "invalid": World(invalid),
    "no JSON": World(page),
    "redirect": World(elsewhere),
    "half": World(half, succeeds=("env pull", "ls", "outdated")),
}
SETTINGS = {
    "no key": World(environ={}),
    "key with a space": World(environ={"LANGSMITH_API_KEY": f"{KEY} {KEY}"}),
    "key with a line break": World(environ={"LANGSMITH_API_KEY": f"{KEY}\r\nX-Evil: 1"}),
    "workspace with a line break": World(environ={"LANGSMITH_API_KEY": KEY, "LANGSMITH_WORKSPACE_ID": "x\ny"}),
    "oauth": World(environ={}, profiles=json.dumps({"profiles": {"default": {"oauth": {"access_token": KEY}}}})),
    "broken profiles": World(environ={}, profiles=f'{{"profiles": {{"default": {{"api_key": "{KEY}'),
    "login in the address": World(options=("--host-url", f"http://user:{CANARY}@127.0.0.1:1")),
    "query in the address": World(options=("--host-url", f"http://127.0.0.1:1/?token={CANARY}")),
    "key for an address": World(options=("--host-url", KEY)),
}


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    """Control plane, registry and agent in one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Thrower)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def places(agent, server, tmp_path, monkeypatch) -> dict[str, Any]:
    """What the calls name, with a secret in every file."""
    host = f"127.0.0.1:{server.server_port}"
    agent.write({".env": f"TOKEN={CANARY}\n", "mine.env": f"TOKEN={CANARY}\nWHAT IS THIS {CANARY}\n"})
    (tmp_path / "langsmith").mkdir()
    (tmp_path / "docker").mkdir()
    login = {"auths": {host: {"auth": "dXNlcjpjYW5hcnk="}}}  # user:canary
    (tmp_path / "docker" / "config.json").write_text(json.dumps(login))
    toml = tmp_path / "langsmith.toml"
    toml.write_text(f'[targets.dev]\npush_to = "{host}/x"\n[agents.greeter]\npath = "greeter"\nenv_file = ".env"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("langsmith_client.registry.connection._FIRST_PAUSE", 0.0)
    return {"agent": agent.folder, "registry": host, "env": agent.folder / "mine.env", "toml": toml}


def check(cli, call: str, world: World, places: dict[str, Any], *options: str) -> None:
    """Call it, and look through everything it prints."""
    host = places["registry"]
    environ = {"LANGGRAPH_HOST_URL": f"http://{host}", "LANGSMITH_CLIENT_REGISTRY_MIRRORS": f"docker.io={host}"}
    words = [word.format(**places) for word in call.split()]
    outcome = cli(*words, *options, "--verbose", **environ, **world.environ)
    shown = outcome.out + outcome.err
    assert "Usage:" not in shown, f"{call} was not even tried: {shown}"
    assert CANARY not in shown, f"{call}: {shown}"
    assert "Traceback" not in shown, call
    if call.startswith(world.succeeds):
        return
    assert outcome.exit_code != 0, f"{call} did not fail: {shown}"
    assert "Error: " in shown or '"event": "error"' in shown, f"{call} ended with {outcome.exit_code} and no word"


@pytest.mark.parametrize("world", ANSWERS.values(), ids=ANSWERS.keys())
def test_no_answer_makes_any_command_print_a_secret_or_a_traceback(cli, server, world, places):
    server.answer = world.answer
    for number, call in enumerate(CALLS):
        check(cli, call, world, places, *(["--json"] if number % 2 else []))


@pytest.mark.parametrize("world", SETTINGS.values(), ids=SETTINGS.keys())
def test_no_setting_makes_a_command_print_a_secret_or_a_traceback(cli, server, world, places, tmp_path):
    server.answer = world.answer
    (tmp_path / "langsmith" / "config.json").write_text(world.profiles)
    for call in (call for call in CALLS if call.startswith(FEW)):
        check(cli, call, world, places, *world.options)


def test_every_command_is_among_the_calls():
    called = {call.split(maxsplit=1)[0] for call in CALLS} | {"completion"}
    assert called == set(COMMANDS)
    for name in GROUPS:
        group = main.get_command(click.Context(main), name)
        assert isinstance(group, LazyGroup)
        assert {call.split()[1] for call in CALLS if call.startswith(f"{name} ")} == set(group.summaries)
