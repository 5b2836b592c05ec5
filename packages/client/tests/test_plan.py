"""What would change, and why."""

from __future__ import annotations

import pytest

from langsmith_client.environment.record import read_record
from langsmith_client.errors import ConflictError
from langsmith_client.plan import make_plan
from langsmith_client.target.protocol import Deployment, Phase, Revision

OLD, NEW = "host/agent@sha256:old", "host/agent@sha256:new"


def deployment(phase=Phase.DEPLOYED, **options):
    return Deployment("d", "greeter", {}, Revision("r1", phase, phase.name, OLD), **options)


def plan(existing, image=OLD, environment=None, resources=None):
    return make_plan("greeter", image, existing, environment=environment, resources=resources or {})


def test_what_does_not_exist_is_created_with_everything():
    found = plan(None, NEW, {"A": "1"}, {"cpu": 1.0})
    assert found.change is not None
    assert (found.change.existing, found.change.environment, found.change.references) == (None, {"A": "1"}, ())
    assert found.change.resources is not None
    assert found.change.resources["cpu"] == 1.0
    assert read_record(found.change.resources).says({"A": "1"}, None), "the next deploy knows what was ours"


@pytest.mark.parametrize("phase", [Phase.DEPLOYED, Phase.PENDING])
def test_what_is_there_or_on_its_way_already_makes_no_revision(phase):
    existing = deployment(phase, environment={"A": "1", "B": "2"}, resources={"cpu": 1.0, "memory_mb": 512})
    found = plan(existing, environment={"A": "1"}, resources={"cpu": 1.0})
    assert found.change is None
    assert found.revision == existing.newest, "a run that was cut short is picked up again"


@pytest.mark.parametrize("phase", [Phase.FAILED, Phase.INTERRUPTED, Phase.SUPERSEDED])
def test_the_same_image_is_tried_again_after_it_failed(phase):
    found = plan(deployment(phase))
    assert found.reasons == (f"the last revision ended as {phase.name}",)


def test_another_image_alone_leaves_environment_and_resources_untouched():
    found = plan(deployment(environment={"A": "1"}, resources={"cpu": 1.0}), NEW)
    assert found.change is not None
    assert (found.change.environment, found.change.resources) == (None, None)


def test_resources_are_laid_over_what_is_there_since_the_server_replaces_them_whole():
    found = plan(deployment(resources={"cpu": 1.0, "labels": {"team": "a"}}), resources={"cpu": 2.0})
    assert found.change is not None
    assert found.change.resources == {"cpu": 2.0, "labels": {"team": "a"}}


def test_reasons_name_variables_and_never_their_values():
    found = plan(deployment(environment={"A": "1"}), NEW, {"A": "s3cret", "B": "s3cret"}, {"cpu": 2.0})
    assert found.reasons == ("another image", "environment: A changed, B added", "resources: cpu")
    assert "s3cret" not in repr(found)


def test_a_record_alone_is_not_worth_a_revision_and_goes_with_the_next_one():
    existing = deployment(environment={"A": "1"})
    assert plan(existing, environment={"A": "1"}).change is None
    found = plan(existing, NEW, {"A": "1"})
    assert found.change is not None
    assert found.change.environment is None, "nothing about it changes"
    assert read_record(found.change.resources or {}).says({"A": "1"}, None)


def test_variables_of_others_are_noted_whether_or_not_anything_changes():
    existing = deployment(environment={"A": "1", "THEIRS": "x"})
    for image in (OLD, NEW):
        assert "THEIRS" in plan(existing, image, {"A": "1"}).notes[0]


def test_a_deployment_that_is_going_away_is_left_to_go():
    with pytest.raises(ConflictError, match="being deleted"):
        plan(deployment(deleting=True))
