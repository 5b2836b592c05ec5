"""Two runs that deploy the same agent at the same time: one of them is told, with what and by whom."""

from __future__ import annotations

import functools
import itertools

import pytest

from langsmith_client.errors import ConflictError, SupersededError

LOOK = 2  # the first requests of a deploy: the deployment in the list, then all of it


def test_a_deploy_that_began_first_does_not_overwrite_one_that_finished_meanwhile(world, uri):
    world.deploy("greeter", 1)

    def build_slowly():
        world.deploy("greeter", 3)
        return world.image(2)

    with pytest.raises(ConflictError, match="while this one was under way") as caught:
        world.deploy("greeter", 2, publish=build_slowly)
    assert caught.value.exit_code == 30
    theirs = world.revisions("greeter")[-1]
    assert str(theirs.id) in caught.value.what
    assert uri(3) in caught.value.what, "who else it was shows in the image"
    assert [each.image_uri for each in world.revisions("greeter")] == [uri(1), uri(3)]


def test_a_first_deploy_does_not_overwrite_one_that_finished_meanwhile(world, uri):
    def build_slowly():
        world.deploy("greeter", 3)
        return world.image(2)

    with pytest.raises(ConflictError, match="at the same time") as caught:
        world.deploy("greeter", 2, publish=build_slowly)
    assert (caught.value.exit_code, uri(3) in caught.value.what) == (30, True)
    assert len(world.deployments()) == 1


def test_two_that_both_looked_before_either_wrote_find_out_afterwards(world, uri):
    world.deploy("greeter", 1)
    other = world.during(("POST", ".*/revisions"), lambda: world.revise("greeter", 3))
    with other, pytest.raises(ConflictError, match="came after it and takes over") as caught:
        world.deploy("greeter", 2)
    theirs, ours = world.revisions("greeter")[1:]
    assert caught.value.exit_code == 30
    assert all(each in caught.value.what for each in (str(theirs.id), uri(3), str(ours.id)))
    assert f"wait greeter {ours.id}" in caught.value.remedy


def test_the_other_one_is_told_which_revision_won(world, uri):
    world.deploy("greeter", 1)
    world.works = False
    other = world.during(("GET", ".*/revisions/.*"), lambda: world.revise("greeter", 3), nth=2)
    with other, pytest.raises(SupersededError) as caught:
        world.deploy("greeter", 2)
    winner = world.revisions("greeter")[-1]
    assert caught.value.exit_code == 21
    assert str(winner.id) in caught.value.what
    assert uri(3) in caught.value.what


def test_a_deployment_that_is_deleted_under_a_deploy_is_a_conflict(world):
    world.deploy("greeter", 1)

    def build_slowly():
        world.remove("greeter")
        return world.image(2)

    with pytest.raises(ConflictError, match="was deleted while this deploy was under way"):
        world.deploy("greeter", 2, publish=build_slowly)


def test_going_back_is_guarded_and_resolved_like_a_deploy(world, uri):
    world.deploy("greeter", 1)
    first = world.deploy("greeter", 2)
    found = world.target.find("greeter")
    assert found is not None
    old = world.target.revisions(found, limit=2)[1]
    deployment_id, made = world.target.restore(found, old)
    assert (deployment_id, made.image) == (first.deployment_id, uri(1))
    with pytest.raises(ConflictError, match="while this one was under way"):
        world.target.restore(found, old)
    assert [each.image_uri for each in world.revisions("greeter")] == [uri(1), uri(2), uri(1)]


def test_whenever_another_run_comes_in_between_older_code_is_never_left_serving_in_silence(world, uri):
    """The other run's revision is made during each of our requests in turn, until we make no more."""
    moment = 0
    for moment in itertools.count(1):
        name, theirs, failure = f"greeter-{moment}", [], None
        world.deploy(name, 1)
        other = world.during(("*", ".*"), functools.partial(come_between, world, name, theirs), nth=moment)
        with other:
            try:
                world.deploy(name, 2)
            except (ConflictError, SupersededError) as error:
                failure = error
        if not theirs:
            break
        newest = world.revisions(name)[-1]
        ours_won = newest.image_uri == uri(2)
        if moment <= LOOK:
            assert (ours_won, failure) == (True, None), "it was there before we looked: ours follows it knowingly"
        else:
            assert not ours_won or failure, f"request {moment}: theirs was overwritten, and nobody was told"
    assert moment > 6, "a deploy asks more often than that"


def come_between(world, name, made):
    """Someone else's revision."""
    made.append(world.revise(name, 3))
