"""Deploys from here and from elsewhere, in turn: what is sent, what is said, and what is refused."""

from __future__ import annotations

import pytest

from langsmith_client.environment.merge import Side
from langsmith_client.environment.record import read_record
from langsmith_client.errors import ConflictError, ProjectError


def test_the_first_deploy_sends_everything_and_the_same_again_nothing(remote, references):
    first = remote.deploy({"A": "1"}, references=references(B="db:uri"))
    assert first.reasons == ("environment: A added", "secret references: B added")
    again = remote.plan({"A": "1"}, references=references(B="db:uri"))
    assert (again.reasons, again.notes) == ((), ())
    assert again.remembered(remote.resources) == remote.resources, "a record that says the same is not rewritten"


def test_a_variable_dropped_here_is_removed_there_and_said_so(remote):
    remote.deploy({"A": "1", "B": "2"})
    assert remote.deploy({"A": "1"}).reasons == ("environment: B removed",)
    assert remote.variables == {"A": "1"}


def test_variables_of_others_stay_and_are_mentioned(remote):
    remote.deploy({"A": "1"})
    remote.variables["THEIRS"] = "x"
    plan = remote.deploy({"A": "2"})
    assert remote.variables == {"A": "2", "THEIRS": "x"}
    assert plan.notes == ("Variables that were set elsewhere stay: THEIRS.",)


def test_a_change_made_elsewhere_is_kept_while_ours_stands_still(remote):
    remote.deploy({"A": "1", "B": "1"})
    remote.variables["A"] = "theirs"
    plan = remote.deploy({"A": "1", "B": "2"})
    assert remote.variables == {"A": "theirs", "B": "2"}
    assert plan.notes == ("Variables that were changed elsewhere stay as they are there: A.",)
    assert remote.plan({"A": "1", "B": "2"}).reasons == (), "and the next deploy does not undo it"


@pytest.mark.parametrize("local", [{"A": "ours", "B": "1"}, {"B": "1"}])
def test_a_variable_both_sides_changed_is_a_conflict_that_names_it_and_the_way_out(remote, local):
    remote.deploy({"A": "canary-base", "B": "1"})
    remote.variables["A"] = "canary-theirs"
    with pytest.raises(ConflictError, match="A changed both here and there") as caught:
        remote.plan(local)
    assert caught.value.exit_code == 30
    assert "--env-conflict" in caught.value.remedy
    assert "canary" not in str(caught.value)


def test_the_decision_for_either_side_is_carried_out_and_remembered(remote):
    remote.deploy({"A": "1"})
    remote.variables["A"] = "theirs"
    remote.deploy({"A": "ours"}, settle=Side.REMOTE)
    assert remote.variables == {"A": "theirs"}
    assert remote.plan({"A": "ours"}).reasons == (), "once settled it is no conflict any more"
    remote.deploy({"A": "ours, again changed"}, settle=Side.LOCAL)
    assert remote.variables == {"A": "ours, again changed"}


def test_saying_nothing_about_the_environment_changes_and_forgets_nothing(remote, references):
    remote.deploy({"A": "1"}, references=references(B="db:uri"))
    before = remote.resources
    assert remote.deploy(None).reasons == ()
    assert (remote.variables, remote.references, remote.resources) == ({"A": "1"}, {"B": "db:uri"}, before)
    assert remote.deploy({"C": "1"}).reasons == ("environment: A removed, C added",)


def test_what_nobody_asked_about_is_not_mentioned_as_staying(remote, references):
    remote.replace(THEIRS="x")
    remote.references["ALSO"] = "theirs:key"
    assert remote.plan(None).notes == ()
    assert remote.plan({}).notes == ("Variables that were set elsewhere stay: THEIRS.",)
    assert remote.plan(references=()).notes == ("Secret references that were set elsewhere stay: ALSO.",)


def test_a_deployment_somebody_else_made_is_adopted_without_losing_a_variable(remote):
    remote.replace(THEIRS="x", SHARED="old")
    assert remote.deploy({"SHARED": "new"}).reasons == ("environment: SHARED changed",)
    assert remote.variables == {"THEIRS": "x", "SHARED": "new"}


def test_what_a_deploy_from_elsewhere_swept_away_comes_back_beside_what_it_brought(remote):
    remote.deploy({"A": "1", "SHARED": "1"})
    remote.replace(SHARED="1", THEIRS="x")
    plan = remote.deploy({"A": "1", "SHARED": "1"})
    assert remote.variables == {"A": "1", "SHARED": "1", "THEIRS": "x"}
    assert plan.reasons == ("environment: A added",)


def test_values_the_target_keeps_to_itself_are_not_sacrificed_to_a_change(remote):
    remote.deploy({"A": "1", "B": "2"})
    remote.variables = {"A": None, "B": None, "THEIRS": None}
    assert remote.plan({"A": "1", "B": "2"}).complete_variables() is None, "nothing tells of a change"
    with pytest.raises(ConflictError, match="THEIRS"):
        remote.plan({"A": "1", "B": "3"}).complete_variables()
    with pytest.raises(ConflictError, match="THEIRS"):
        remote.plan({"A": "1"}).complete_variables()
    complete = remote.plan({"A": "1", "B": "3", "THEIRS": "t"}).complete_variables()
    assert complete == {"A": "1", "B": "3", "THEIRS": "t"}


def test_the_last_variable_cannot_go_and_is_not_claimed_to_be_gone(remote):
    remote.deploy({"A": "1"})
    with pytest.raises(ProjectError, match="last variable") as caught:
        remote.plan({}).complete_variables()
    assert "Keep one" in caught.value.remedy


def test_references_follow_the_same_rules_and_the_last_one_can_go(remote, references):
    remote.deploy(references=references(DB="db:uri", CACHE="cache:uri"))
    remote.references["THEIRS"] = "theirs:key"
    assert remote.deploy(references=references(DB="db:url")).reasons == (
        "secret references: CACHE removed, DB changed",
    )
    assert remote.references == {"DB": "db:url", "THEIRS": "theirs:key"}
    remote.references.pop("THEIRS")
    remote.deploy(references=())
    assert remote.references == {}


def test_a_variable_becomes_a_reference_and_back_without_ever_being_both(remote, references):
    remote.deploy({"DB": "plain", "A": "1"})
    plan = remote.deploy({"A": "1"}, references=references(DB="db:uri"))
    assert plan.reasons == ("environment: DB removed", "secret references: DB added")
    assert (remote.variables, remote.references) == ({"A": "1"}, {"DB": "db:uri"})
    remote.deploy({"A": "1", "DB": "plain"}, references=())
    assert (remote.variables, remote.references) == ({"A": "1", "DB": "plain"}, {})


def test_even_somebody_elses_variable_gives_way_to_a_reference_of_its_name(remote, references):
    remote.replace(DB="theirs", A="1")
    remote.deploy(references=references(DB="db:uri"))
    assert (remote.variables, remote.references) == ({"A": "1"}, {"DB": "db:uri"})


def test_a_name_that_is_both_here_is_refused(remote, references):
    with pytest.raises(ProjectError, match="DB"):
        remote.plan({"DB": "1"}, references=references(DB="db:uri"))


def test_a_name_without_a_value_here_leaves_what_is_there(remote):
    remote.deploy({"A": "1", "B": "2"})
    assert remote.deploy({"A": "", "B": "3"}).reasons == ("environment: B changed",)
    assert remote.variables == {"A": "1", "B": "3"}


def test_no_value_appears_in_a_plan_or_in_what_is_remembered(remote):
    plan = remote.deploy({"A": "canary-1"})
    remote.variables["B"] = "canary-2"
    assert "canary" not in f"{plan!r} {plan.reasons} {plan.notes} {remote.resources}"
    assert read_record(remote.resources).variables is not None
