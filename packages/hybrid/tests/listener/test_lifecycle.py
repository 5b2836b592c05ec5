"""Every step fresh, repeated, interrupted, and against what others do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_control_plane.errors import (
    ConflictError,
    NotEnabledError,
    ServerUnavailableError,
    UnauthorizedError,
)
from langsmith_hybrid.listener.errors import ListenerGoneError, ListenerInUseError, ListenerMismatchError
from langsmith_hybrid.listener.inputs import ListenerInputs
from langsmith_hybrid.listener.lifecycle import ListenerLifecycle

if TYPE_CHECKING:
    from conftest import FakeControlPlane

Wanted = Callable[..., ListenerInputs]
COLLECTION = "/v2/listeners"


def test_a_new_cluster_is_registered_once(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    made = lifecycle.create(wanted("agents", "beta"))
    assert not made.adopted, "this resource made it, so this resource may delete it"
    assert control_plane.namespaces(made.listener.id) == ["agents", "beta"], "as declared"
    assert control_plane.writes() == ["POST"], "one request is enough"


def test_a_listener_of_this_cluster_is_adopted_and_brought_in_line(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    theirs = control_plane.register("hybrid", "old")
    made = lifecycle.create(wanted("agents"))
    assert (made.listener.id, made.adopted) == (theirs, True), "an interrupted run or a person registered it"
    assert control_plane.namespaces(theirs) == ["agents"], "the program says what it may deploy to"
    assert control_plane.writes() == ["PATCH"], "nothing is created beside it"


def test_a_listener_that_fits_is_adopted_without_touching_it(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    control_plane.register("hybrid", "beta", "agents")
    lifecycle.create(wanted("agents", "beta"))
    assert control_plane.writes() == [], "order of namespaces means nothing"


def test_a_listener_on_the_third_page_is_found(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    for number in range(230):
        control_plane.register(f"other-{number}", "agents")
    theirs = control_plane.register("hybrid", "agents")
    assert lifecycle.create(wanted()).listener.id == theirs, "the list has 20 entries a page unless told otherwise"


def test_a_listener_registered_between_look_up_and_creation_is_adopted(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    def race(method: str, path: str) -> None:
        if method == "POST":
            control_plane.before.clear()
            control_plane.register("hybrid", "agents")

    control_plane.before.append(race)
    made = lifecycle.create(wanted())
    assert made.adopted, "the conflict proves that somebody else made it"
    assert len(control_plane.listeners) == 1, "there is only ever one"


def test_a_creation_whose_answer_is_lost_is_found_and_counts_as_ours(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    control_plane.lose.append(("POST", COLLECTION))
    made = lifecycle.create(wanted())
    assert not made.adopted, "there was none before we asked: destroy must not leave it behind"
    assert control_plane.writes() == ["POST"], "looked up, not sent again"


def test_another_listener_found_after_a_lost_answer_is_not_taken_for_ours(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    def fail_while_somebody_registers(method: str, path: str) -> tuple[int, Any] | None:
        if method == "POST":
            control_plane.register("hybrid", "theirs")
            return 502, {"detail": "Bad gateway"}
        return None

    control_plane.before.append(fail_while_somebody_registers)
    made = lifecycle.create(wanted("agents"))
    assert made.adopted, "it has not the namespaces we asked for, and deleting another's listener is worse than keeping"


def test_a_creation_that_fails_for_a_moment_is_tried_again(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    def fail_once(method: str, path: str) -> tuple[int, Any] | None:
        if method == "POST":
            control_plane.before.clear()
            return 503, {"detail": "busy"}
        return None

    control_plane.before.append(fail_once)
    assert not lifecycle.create(wanted()).adopted, "a passing failure must not end a run of twenty minutes"
    assert control_plane.writes() == ["POST", "POST"], "after looking that the first did nothing"


def test_a_creation_that_keeps_failing_ends_with_the_servers_words(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    control_plane.before.append(
        lambda method, path: (503, {"detail": "down for the day"}) if method == "POST" else None
    )
    with pytest.raises(ServerUnavailableError, match="down for the day"):
        lifecycle.create(wanted())
    assert control_plane.writes() == ["POST"] * 3, "tries are bounded"


def test_a_conflict_with_what_cannot_be_seen_is_reported(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    control_plane.before.append(lambda method, path: (409, {"detail": "already exists"}) if method == "POST" else None)
    with pytest.raises(ConflictError, match="already exists"):
        lifecycle.create(wanted())


def test_refusals_are_final_and_keep_their_reason(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    detail = "Creating listeners is only allowed for LangSmith organizations with self-hosted enterprise plans."
    control_plane.before.append(lambda method, path: (403, {"detail": detail}) if method == "POST" else None)
    with pytest.raises(NotEnabledError, match="only allowed for LangSmith organizations"):
        lifecycle.create(wanted())
    control_plane.key = "another"
    with pytest.raises(UnauthorizedError) as failure:
        lifecycle.create(wanted())
    assert "canary" not in str(failure.value), "the server echoes the key, the error must not"


def test_two_listeners_of_one_cluster_are_left_for_a_person_to_sort_out(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    ids = {control_plane.register("hybrid", "agents"), control_plane.register("hybrid", "agents")}
    with pytest.raises(ListenerMismatchError) as failure:
        lifecycle.create(wanted())
    assert all(each in str(failure.value) for each in ids), "they must be told apart"


def test_a_named_listener_is_adopted_without_searching(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    theirs = control_plane.register("hybrid", "agents")
    made = lifecycle.create(wanted(existing_id=theirs))
    assert (made.listener.id, made.adopted) == (theirs, True), "named listeners existed before"
    assert control_plane.requests == [("GET", f"{COLLECTION}/{theirs}")], "no list is needed"


def test_a_named_listener_must_exist_and_be_of_this_cluster(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    with pytest.raises(ListenerMismatchError, match="leave it out to register a new one"):
        lifecycle.create(wanted(existing_id="6a1f0f6e-0000-4000-8000-000000000001"))
    other = control_plane.register("another-cluster", "agents")
    with pytest.raises(ListenerMismatchError, match="'another-cluster', not 'hybrid'"):
        lifecycle.create(wanted(existing_id=other))
    assert control_plane.writes() == [], "a typing error must change nothing"


def test_reading_shows_the_listener_as_it_is(lifecycle: ListenerLifecycle, control_plane: FakeControlPlane) -> None:
    listener_id = control_plane.register("hybrid", "changed-by-hand")
    found = lifecycle.read(listener_id)
    assert found is not None, "it exists"
    assert found.namespaces == ("changed-by-hand",), "drift is what a refresh is for"


def test_reading_what_is_gone_says_so(lifecycle: ListenerLifecycle) -> None:
    assert lifecycle.read("6a1f0f6e-0000-4000-8000-000000000001") is None, "the engine then registers a new one"


def test_reading_does_not_take_an_outage_for_a_deletion(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane
) -> None:
    control_plane.before.append(lambda method, path: (500, {"detail": "oops"}))
    with pytest.raises(ServerUnavailableError):
        lifecycle.read(control_plane.register("hybrid", "agents"))


def test_namespaces_change_in_place(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    listener_id = control_plane.register("hybrid", "agents")
    assert lifecycle.update(listener_id, wanted("agents", "beta")).namespaces == ("agents", "beta"), "the new state"
    assert control_plane.writes() == ["PATCH"], "deployments stay attached"


def test_a_change_whose_answer_is_lost_succeeds(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    listener_id = control_plane.register("hybrid", "agents")
    control_plane.lose.append(("PATCH", f"{COLLECTION}/{listener_id}"))
    assert lifecycle.update(listener_id, wanted("beta")).namespaces == ("beta",), "saying it twice does no harm"


def test_an_update_with_nothing_to_change_still_proves_the_new_key(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    listener_id = control_plane.register("hybrid", "agents")
    control_plane.key = "another"
    with pytest.raises(UnauthorizedError):
        lifecycle.update(listener_id, wanted("agents"))


def test_updating_what_is_gone_says_how_to_get_it_back(lifecycle: ListenerLifecycle, wanted: Wanted) -> None:
    with pytest.raises(ListenerGoneError, match="pulumi up --refresh"):
        lifecycle.update("6a1f0f6e-0000-4000-8000-000000000001", wanted())


def test_a_namespace_with_deployments_is_not_taken_away(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, wanted: Wanted
) -> None:
    listener_id = control_plane.register("hybrid", "agents", "beta")
    control_plane.deploy("hello", listener_id, namespace="beta")
    control_plane.deploy("elsewhere", listener_id, namespace="agents")
    with pytest.raises(ListenerInUseError, match=r"'hello' \(READY\)") as failure:
        lifecycle.update(listener_id, wanted("agents"))
    assert failure.value.deployments == ("hello",), "only those that would be stranded"
    assert control_plane.namespaces(listener_id) == ["agents", "beta"], "nothing was changed"


def test_an_unused_listener_is_deleted(lifecycle: ListenerLifecycle, control_plane: FakeControlPlane) -> None:
    listener_id = control_plane.register("hybrid", "agents")
    control_plane.deploy("theirs", control_plane.register("other", "agents"))
    lifecycle.delete(listener_id)
    assert listener_id not in control_plane.listeners, "deployments of other listeners do not keep it"


def test_deleting_what_is_gone_succeeds(lifecycle: ListenerLifecycle, control_plane: FakeControlPlane) -> None:
    lifecycle.delete("6a1f0f6e-0000-4000-8000-000000000001")
    assert control_plane.writes() == ["DELETE"], "it was asked for, and that it is gone already is no failure"


def test_a_deletion_whose_answer_is_lost_succeeds(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane
) -> None:
    listener_id = control_plane.register("hybrid", "agents")
    control_plane.lose.append(("DELETE", f"{COLLECTION}/{listener_id}"))
    lifecycle.delete(listener_id)
    assert control_plane.writes() == ["DELETE", "DELETE"], "the second finds it gone, which is what was wanted"


@pytest.mark.parametrize("status", ["READY", "AWAITING_DATABASE", "AWAITING_DELETE", "A_NEW_STATUS"])
def test_a_listener_in_use_is_not_deleted(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane, status: str
) -> None:
    listener_id = control_plane.register("hybrid", "agents")
    control_plane.deploy("hello", listener_id, status=status)
    with pytest.raises(ListenerInUseError) as failure:
        lifecycle.delete(listener_id)
    assert f"'hello' ({status})" in str(failure.value), "the user must know which, and in what state"
    assert "wait until they are gone" in str(failure.value), "the listener removes the Pods of deleted deployments"
    assert listener_id in control_plane.listeners, "nothing was changed"


def test_a_deployment_on_a_later_page_keeps_the_listener(
    lifecycle: ListenerLifecycle, control_plane: FakeControlPlane
) -> None:
    listener_id = control_plane.register("hybrid", "agents")
    for number in range(120):
        control_plane.deploy(f"agent-{number:03}", listener_id)
    with pytest.raises(ListenerInUseError, match="and 110 more") as failure:
        lifecycle.delete(listener_id)
    assert len(failure.value.deployments) == 120, "machines get all names, people the first ten"
