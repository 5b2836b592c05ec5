"""What `init` writes is what every other command reads."""

from __future__ import annotations

from pathlib import Path

from langsmith_client.langsmith_toml import TargetEntry, parse_fleet
from langsmith_client.starter import find_agents, langsmith_toml
from langsmith_client.target.protocol import SecretReference

FILLED = TargetEntry(
    name="dev",
    repositories={"greeter": "123.example/greeter-1a2b3c", "other": "123.example/other"},
    listener_id="listener",
    namespace="agents",
    host_url="https://api.host.langchain.com",
    workspace_id="workspace",
    references={"greeter": (SecretReference("REDIS_URI_CUSTOM", "greeter-stores", "REDIS_URI_CUSTOM"),)},
)


def test_a_filled_target_and_the_agents_come_back_from_the_text(tmp_path):
    text = langsmith_toml(FILLED, {"greeter": Path("agents/greeter")})
    fleet = parse_fleet(text, tmp_path / "langsmith.toml")
    assert fleet.targets == {"dev": FILLED}
    agent = fleet.agents["greeter"]
    assert (agent.path, agent.targets) == (tmp_path / "agents/greeter", ("dev",))


def test_an_empty_target_shows_what_to_fill_in_and_is_already_valid(tmp_path):
    text = langsmith_toml(TargetEntry(name="dev"), {})
    assert parse_fleet(text, tmp_path / "langsmith.toml").targets == {"dev": TargetEntry(name="dev")}
    filled = text.replace("# listener_id", "listener_id").replace("# namespace", "namespace")
    assert parse_fleet(filled, tmp_path / "langsmith.toml").targets["dev"].namespace, "uncommenting is all it takes"


def test_odd_paths_survive(tmp_path):
    folder = Path('we"ird \\ földer')
    fleet = parse_fleet(langsmith_toml(TargetEntry(name="dev"), {"a": folder}), tmp_path / "langsmith.toml")
    assert fleet.agents["a"].path == tmp_path / folder


def test_agents_are_found_by_their_langgraph_json_under_their_own_names(make_agent, tmp_path):
    make_agent("one", git=False, files={"pyproject.toml": '[project]\nname = "First_Agent"\n'})
    make_agent("two", git=False)
    for hidden in (".venv/x", "node_modules/y"):
        make_agent(hidden, git=False)
    found = find_agents(tmp_path)
    assert found.agents == {"first-agent": Path("one"), "greeter": Path("two")}
    assert not found.problems


def test_agents_that_could_not_be_deployed_are_left_out_and_named(make_agent, tmp_path):
    make_agent("a", git=False)
    make_agent("b", git=False)
    make_agent("c", git=False, files={"pyproject.toml": f'[project]\nname = "{"long-" * 5}"\n'})
    found = find_agents(tmp_path)
    assert found.agents == {"greeter": Path("a")}
    assert any("b is left out: a is called 'greeter' as well" in problem for problem in found.problems)
    assert any("c is left out" in problem for problem in found.problems)
