"""langsmith.toml is read strictly, completely and without looking at what it names."""

from __future__ import annotations

import json
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.langsmith_toml import TargetEntry, find_fleet, load_fleet
from langsmith_client.resources import FIELDS
from langsmith_client.target.protocol import SecretReference

PLANNERS = SecretReference("POSTGRES_URI_CUSTOM", "planner-stores", "POSTGRES_URI_CUSTOM")
EXAMPLE = """
[targets.dev]
push_to = "registry.example.com/agents"
listener_id = "0000-dev"
namespace = "agents"
host_url = "https://api.host.langchain.com"
profile = "work"
workspace_id = "1111"
platform = "linux/arm64"

[targets.dev.repositories]
greeter = "registry.example.com/greeter-1a2b3c"

[targets.dev.references.planner]
POSTGRES_URI_CUSTOM = "planner-stores:POSTGRES_URI_CUSTOM"

[targets.prod]
push_to = "registry.example.com/{name}/image"

[agents.greeter]
path = "agents/greeter"
env_file = "greeter.env"
resources = { cpu = 1, memory_mb = 512, image_pull_secrets = ["pull"] }
references = { OPENAI_API_KEY = "agent-secrets:openai", TOKEN = "agent-secrets:token" }
canary = true
smoke = "Hello?"
smoke_graph = "chat"

[agents.greeter.on.prod]
env_file = "prod/greeter.env"
resources = { cpu = 2.5 }
references = { TOKEN = "prod-secrets:token" }

[agents.planner]
path = "agents/planner"
targets = ["dev"]
wave = 2
"""


@pytest.fixture
def write(tmp_path):
    """Writes a langsmith.toml."""

    def do(text):
        path = tmp_path / "langsmith.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return do


def problems_of(path):
    with pytest.raises(ProjectError) as caught:
        load_fleet(path)
    assert caught.value.exit_code == 2
    return caught.value.problems


def test_every_key_of_a_target_is_read(write):
    dev = load_fleet(write(EXAMPLE)).target("dev")
    assert dev == TargetEntry(
        name="dev",
        push_to="registry.example.com/agents",
        repositories={"greeter": "registry.example.com/greeter-1a2b3c"},
        listener_id="0000-dev",
        namespace="agents",
        host_url="https://api.host.langchain.com",
        profile="work",
        workspace_id="1111",
        platform="linux/arm64",
        references={"planner": (PLANNERS,)},
    )


def test_an_agent_takes_what_its_target_keeps_for_it_unless_the_agent_says_otherwise(write):
    (_, planner) = load_fleet(write(EXAMPLE)).at("dev")
    assert planner.references == (PLANNERS,)
    own = EXAMPLE.replace("[agents.planner]", '[agents.planner]\nreferences = { POSTGRES_URI_CUSTOM = "mine:uri" }')
    (_, planner) = load_fleet(write(own)).at("dev")
    assert [each.secret_name for each in planner.references] == ["mine"]


def test_a_repository_is_listed_or_follows_from_the_agents_name_or_is_unknown(write):
    fleet = load_fleet(write(EXAMPLE))
    assert fleet.target("dev").repository("greeter") == "registry.example.com/greeter-1a2b3c"
    assert fleet.target("dev").repository("planner") == "registry.example.com/agents/planner"
    assert fleet.target("prod").repository("planner") == "registry.example.com/planner/image"
    assert TargetEntry("bare").repository("planner") is None


def test_an_agent_is_what_the_file_says_with_paths_from_the_folder_of_the_file(write, tmp_path):
    (greeter, planner) = load_fleet(write(EXAMPLE)).at("dev")
    assert (greeter.path, greeter.env_file) == (tmp_path / "agents/greeter", tmp_path / "greeter.env")
    assert greeter.resources == {"cpu": 1, "memory_mb": 512, "image_pull_secrets": [{"name": "pull"}]}
    assert [(each.name, each.secret_name, each.secret_key) for each in greeter.references] == [
        ("OPENAI_API_KEY", "agent-secrets", "openai"),
        ("TOKEN", "agent-secrets", "token"),
    ]
    assert (greeter.canary, greeter.wave, greeter.targets) == (True, 1, ("dev", "prod")), "without a list: all targets"
    assert (greeter.smoke, greeter.smoke_graph) == ("Hello?", "chat")
    assert (planner.canary, planner.wave, planner.targets) == (False, 2, ("dev",))


def test_what_differs_on_a_target_is_laid_over_the_rest(write, tmp_path):
    (greeter,) = load_fleet(write(EXAMPLE)).at("prod")
    assert greeter.env_file == tmp_path / "prod/greeter.env"
    assert greeter.resources == {"cpu": 2.5, "memory_mb": 512, "image_pull_secrets": [{"name": "pull"}]}
    assert {each.name: each.secret_name for each in greeter.references} == {
        "OPENAI_API_KEY": "agent-secrets",
        "TOKEN": "prod-secrets",
    }


def test_all_problems_of_a_file_are_told_at_once(write):
    told = problems_of(
        write(
            """
            [targts.x]
            [targets.Dev]
            push_to = "Registry/UPPER"
            listener_id = "l"
            hosturl = "https://x"
            host_url = "ftp://x"
            platform = "linux/s390x"
            repositories = { greeter = 5 }
            [agents.greeter]
            pth = "agents/greeter"
            targets = ["Dve"]
            env_file = ""
            wave = 0
            canary = "yes"
            resources = { memory = 5, cpu = "much", min_scale = true }
            references = { TOKEN = "no-key", POSTGRES_URI = "db:uri" }
            on = { elsewhere = { wave = 2 } }
            [agents.bad_name]
            path = "x"
            """
        )
    )
    expected = [
        "`targts` is not known, did you mean `targets`?",
        "`targets.Dev` may hold only lowercase letters, digits, dashes and underscores.",
        "`targets.Dev.push_to` does not lead to an image repository",
        "`targets.Dev.namespace` is missing; they go together.",
        "`targets.Dev.hosturl` is not known, did you mean `host_url`?",
        "`targets.Dev.host_url` must start with https:// or http://.",
        "`targets.Dev.platform` must be one of linux/amd64, linux/arm64.",
        "`targets.Dev.repositories.greeter` must be text.",
        "`agents.greeter.pth` is not known, did you mean `path`?",
        "`agents.greeter.path` is missing.",
        "`agents.greeter.targets` names `Dve`, which is not a target, did you mean `Dev`?",
        "`agents.greeter.env_file` is empty.",
        "`agents.greeter.wave` must be at least 1.",
        "`agents.greeter.canary` must be true or false.",
        "`agents.greeter.resources.memory` is not known, did you mean `memory_mb`?",
        "`agents.greeter.resources.cpu` must be a number.",
        "`agents.greeter.resources.min_scale` must be a whole number.",
        "`agents.greeter.references.TOKEN` must be `secret:key`",
        "`agents.greeter.references` cannot be set: POSTGRES_URI is reserved",
        "`agents.greeter.on.elsewhere` is not for a target of the agent",
        "`agents.greeter.on.elsewhere.wave` is not known",
        "`agents.bad_name` cannot be deployed",
    ]
    for sentence in expected:
        assert any(sentence in problem for problem in told), sentence
    assert len(told) == len(expected), "each mistake is told once"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("targets = 5", "`targets` must be a table."),
        ("[targets]\ndev = 5", "`targets.dev` must be a table."),
        ("[targets", "is not valid TOML"),
        ('[agents.a]\npath = "x"\ntargets = [5]', "`agents.a.targets` must be a list of texts."),
    ],
)
def test_a_file_of_another_shape_is_refused_without_a_traceback(write, text, sentence):
    (problem,) = problems_of(write(text))
    assert sentence in problem


def test_a_file_that_is_missing_says_how_to_get_one(tmp_path):
    with pytest.raises(ProjectError) as caught:
        load_fleet(tmp_path / "langsmith.toml")
    assert "langsmith-client init" in caught.value.remedy


def test_an_unknown_target_is_told_with_the_known_ones(write):
    with pytest.raises(ProjectError, match="did you mean `prod`") as caught:
        load_fleet(write(EXAMPLE)).target("prd")
    assert "dev, prod" in caught.value.remedy


def test_the_file_is_looked_for_upward_to_the_root_of_the_repository_and_no_further(tmp_path):
    outside, repository = tmp_path / "langsmith.toml", tmp_path / "repository"
    agent = repository / "agents" / "greeter"
    agent.mkdir(parents=True)
    outside.touch()
    assert find_fleet(agent) == outside, "without a repository every folder above counts"
    (repository / ".git").mkdir()
    assert find_fleet(agent) is None, "a shared folder's file would decide where images and keys go"
    (repository / "langsmith.toml").touch()
    assert find_fleet(agent) == find_fleet(repository) == repository / "langsmith.toml"


def test_the_schema_for_editors_accepts_the_example_and_knows_the_same_keys(write):
    schema = json.loads(resources.files("langsmith_client").joinpath("langsmith_toml.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tomllib.loads(EXAMPLE), schema)
    for table in ("target", "agent", "override"):
        properties = schema["$defs"][table]["properties"]
        assert schema["$defs"][table]["additionalProperties"] is False
        known = {"target": "targets.dev", "agent": "agents.a", "override": "agents.a.on.dev"}[table]
        text = "".join(f'{key} = "x"\n' for key in properties)
        told = problems_of(write(f"[targets.dev]\n[{known}]\n{text}" if table != "target" else f"[{known}]\n{text}"))
        assert not [problem for problem in told if "not known" in problem], "the schema names a key that is refused"
    assert set(schema["$defs"]["resources"]["properties"]) == {*FIELDS, "image_pull_secrets"}


def test_the_path_of_a_fleet_is_absolute(write, monkeypatch, tmp_path):
    write(EXAMPLE)
    monkeypatch.chdir(tmp_path)
    fleet = load_fleet(Path("langsmith.toml"))
    assert fleet.path == tmp_path / "langsmith.toml"
    assert fleet.agents["planner"].path == tmp_path / "agents/planner"
