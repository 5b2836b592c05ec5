"""Plans in words."""

from __future__ import annotations

import dataclasses

from langsmith_client.commits import Commit, Commits
from langsmith_client.fleet import wording
from langsmith_client.fleet.agent_plan import Action, AgentPlan, FleetPlan, ImagePlan, Refusal, Shift
from langsmith_client.table import aligned

COMMITS = Commits(
    tuple(Commit(f"{number:040}", f"Change {number}") for number in range(12)), (Commit("f" * 40, "Old"),)
)
IMAGE = ImagePlan("registry.example/one", "1.0-b", "sha256:" + "1" * 64, "inputs", "1.0-a", "sha256:0", COMMITS)
ONE = AgentPlan(
    "one",
    Action.UPDATE,
    IMAGE,
    wave=2,
    variables=(Shift("MODEL", "0011", "2233"), Shift("GONE", "0011", None), Shift("NEW", None, "44")),
    references=(Shift("KEY", "a:b", "a:c"),),
    resources=(Shift("cpu", "1", "2"),),
    reasons=("another image", "resources: cpu"),
    notes=("Variables that were set elsewhere stay: X.",),
)
IDLE = AgentPlan("idle", Action.NOTHING, dataclasses.replace(IMAGE, before="1.0-b", before_digest=IMAGE.digest))
FRESH = AgentPlan("new", Action.CREATE, ImagePlan("registry.example/new", "1.0-c", None, "inputs"), canary=True)
REFUSED = dataclasses.replace(IDLE, name="no", action=Action.REFUSE, refusal=Refusal("It | is *going*.", "Wait.", 30))
PLAN = FleetPlan("prod", b"", (ONE, IDLE, FRESH, REFUSED))


def test_the_overview_has_a_row_an_agent_with_tags_before_and_after():
    assert aligned(wording.overview(PLAN)) == [
        "AGENT  ACTION   WAVE    IMAGE          DIGEST        WHY",
        "one    update   2       1.0-a → 1.0-b  111111111111  another image; resources: cpu",
        "idle   nothing  1       1.0-b          111111111111  -",
        "new    create   canary  1.0-c          to be built   -",
        "no     refuse   1       1.0-b          111111111111  It | is *going*.",
    ]


def test_everything_that_changes_has_a_row_and_long_histories_are_cut():
    rows = [(row.cells["what"], row.cells["change"]) for row in wording.details(PLAN)]
    assert rows[0] == ("commit", "+ 000000000000 Change 0")
    assert rows[10:] == [
        ("commit", "+ and 2 more"),
        ("commit", "- ffffffffffff Old"),
        ("variable", "~ MODEL 0011 → 2233"),
        ("variable", "- GONE 0011"),
        ("variable", "+ NEW 44"),
        ("reference", "~ KEY a:b → a:c"),
        ("resource", "~ cpu 1 → 2"),
        ("note", "Variables that were set elsewhere stay: X."),
    ]


def test_commits_that_cannot_be_told_are_told_as_such():
    image = dataclasses.replace(IMAGE, commits=Commits(problem="The clone does not have it."))
    assert ("commits", "The clone does not have it.") in wording.changes(dataclasses.replace(ONE, image=image))


def test_one_line_counts_what_there_is():
    assert wording.summary(PLAN) == "1 to create, 1 to update, 1 unchanged, 1 refused on prod"
    assert wording.counts(PLAN) == {"create": 1, "update": 1, "follow": 0, "nothing": 1, "refuse": 1}


def test_the_summary_page_leaves_out_what_does_not_change_and_escapes_what_others_wrote():
    page = wording.in_markdown(PLAN)
    assert page.startswith("## Plan for prod\n\n1 to create")
    assert "| idle |" not in page
    assert r"It \| is \*going\*." in page
