"""Two revisions side by side: what is known differs or not, and what is unknown is said."""

from __future__ import annotations

import dataclasses

import pytest

from langsmith_client.commits import Commit, Commits
from langsmith_client.comparison import compare, facts, fields, sides
from langsmith_client.errors import ProjectError
from langsmith_client.history import Entry
from langsmith_client.identity import Identity
from langsmith_client.target.protocol import Deployment, Phase, Revision, SecretReference

OLD = Entry(
    Revision("r1", Phase.DEPLOYED, "DEPLOYED", "h/a@sha256:1"),
    Identity("sha256:1", tag="1.2.0-aaaaaaaaaaaa", commit="a" * 40, version="1.2.0", dirty=False),
    active=True,
)
NEW = Entry(
    Revision("r2", Phase.FAILED, "DEPLOY_FAILED", "h/a@sha256:2"),
    Identity("sha256:2", tag="1.3.0-bbbbbbbbbbbb", commit="b" * 40, version="1.3.0", dirty=True),
    active=False,
)
DEPLOYMENT = Deployment(
    "d1",
    "greeter",
    {},
    NEW.revision,
    environment={"TOKEN": "canary"},
    resources={"cpu": 0.5, "memory_mb": 1024, "max_scale": None, "sidecars": [{"env": "canary"}]},
    references=(SecretReference("DB", "db", "url"),),
)


def between(old, new):
    return Commits(added=(Commit("b" * 40, "Say hello"),))


def test_everything_that_the_images_say_differently_is_listed():
    found = facts(compare(OLD, NEW, between), DEPLOYMENT)
    assert found["from"] == "r1 (DEPLOYED, active, 1.2.0-aaaaaaaaaaaa)"
    assert found["image"] == "h/a@sha256:1 -> h/a@sha256:2"
    assert found["version"] == "1.2.0 -> 1.3.0"
    assert found["dirty"] == "no -> yes"
    assert found["commit"] == f"{'a' * 12} -> {'b' * 12}", "hashes are told by their first digits"
    assert found["+ bbbbbbbbb"] == "Say hello"
    assert "source" not in found, "what neither says is no difference"


def test_variables_are_named_and_never_shown_and_no_claim_is_made_about_then():
    found = compare(OLD, NEW, between)
    assert facts(found, DEPLOYMENT)["environment"] == "of then unknown, today DB (from db), TOKEN"
    assert facts(found, DEPLOYMENT)["resources"] == "of then unknown, today cpu 0.5, memory_mb 1024"
    assert fields(found, DEPLOYMENT)["variables"] == ["TOKEN"]
    assert fields(found, DEPLOYMENT)["resources"] == {"cpu": 0.5, "memory_mb": 1024}
    assert "canary" not in str(fields(found, DEPLOYMENT)) + str(facts(found, DEPLOYMENT))


def test_a_deployment_with_neither_variables_nor_sizes_says_so():
    bare = Deployment("d1", "greeter", {}, NEW.revision)
    found = facts(compare(OLD, NEW, between), bare)
    assert (found["environment"], found["resources"]) == (
        "of then unknown, today empty",
        "of then unknown, today nothing set",
    )


def test_an_unknown_side_is_unknown_and_so_are_the_commits():
    silent = dataclasses.replace(OLD, identity=Identity(problem="gone"))
    asked = []

    def ask(old, new):
        asked.append((old, new))
        return Commits(problem="One of the images does not say.")

    found = facts(compare(silent, NEW, ask), DEPLOYMENT)
    assert found["version"] == "unknown -> 1.3.0"
    assert found["commits"] == "One of the images does not say."
    assert asked == [(None, "b" * 40)]


def test_one_image_in_two_revisions_is_said_to_be_the_same():
    again = dataclasses.replace(OLD, revision=dataclasses.replace(OLD.revision, id="r0"))
    found = compare(again, OLD, lambda old, new: Commits())
    assert found.same_image
    assert facts(found, DEPLOYMENT)["image"] == "the same, h/a@sha256:1"


def test_two_revisions_without_a_known_image_are_not_claimed_to_be_the_same():
    nameless = dataclasses.replace(OLD, revision=Revision("r0", Phase.DEPLOYED, "DEPLOYED"))
    assert not compare(nameless, nameless, lambda old, new: Commits()).same_image


def test_without_names_the_newest_is_compared_with_what_ran_before_it():
    assert sides([NEW, OLD], "greeter", ()) == (OLD, NEW)


def test_one_name_is_compared_with_the_active_revision_and_two_with_each_other():
    first = Entry(Revision("aaaa0", Phase.DEPLOYED, "DEPLOYED"), Identity(), active=False)
    entries = [NEW, OLD, first]
    assert sides(entries, "greeter", ["aaaa"]) == (first, OLD)
    assert sides(entries, "greeter", ["b" * 7, "aaaa"]) == (NEW, first)


@pytest.mark.parametrize(("entries", "names"), [([OLD], ()), ([], ()), ([NEW], ["b" * 40])])
def test_with_nothing_to_compare_with_the_reason_is_told(entries, names):
    with pytest.raises(ProjectError, match="nothing to compare with"):
        sides(entries, "greeter", names)
