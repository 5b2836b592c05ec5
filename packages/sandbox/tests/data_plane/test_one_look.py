"""What one round sees of the cluster."""

from __future__ import annotations

from typing import Any

from langsmith_sandbox.data_plane.one_look import OneLook


class Counted:
    """Objects that count how often they are listed."""

    def __init__(self, *objects: dict[str, Any]) -> None:
        self.objects = list(objects)
        self.listings = 0

    def select(self, kind: str, namespace: str, labels: object = None) -> list[dict[str, Any]]:
        assert labels is None, "one list serves every question"
        self.listings += 1
        return [each for each in self.objects if (each["kind"], each["metadata"]["namespace"]) == (kind, namespace)]


def pod(name: str, namespace: str = "agents", **labels: str) -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {"name": name, "namespace": namespace, "labels": labels}}


def test_a_kind_of_a_namespace_is_listed_once_however_many_ask() -> None:
    objects = Counted(pod("one", app="greeter"), pod("two", app="greeter"), pod("other", namespace="else"))
    look = OneLook(objects)  # pyright: ignore[reportArgumentType]
    assert look.find("Pod", "agents", "one") == pod("one", app="greeter")
    assert look.find("Pod", "agents", "other") is None
    assert len(look.select("Pod", "agents", {"app": "greeter"})) == 2
    assert objects.listings == 1
    assert look.find("Pod", "else", "other") is not None
    assert objects.listings == 2


def test_objects_are_selected_by_all_labels_and_those_without_any_by_none() -> None:
    bare = {"kind": "Pod", "metadata": {"name": "bare", "namespace": "agents"}}
    look = OneLook(Counted(pod("right", app="a", revision="1"), pod("old", app="a", revision="0"), bare))  # pyright: ignore[reportArgumentType]
    assert look.select("Pod", "agents", {"app": "a", "revision": "1"}) == [pod("right", app="a", revision="1")]
    assert len(look.select("Pod", "agents")) == 3


def test_the_next_look_sees_what_was_written_meanwhile() -> None:
    objects = Counted()
    look = OneLook(objects)  # pyright: ignore[reportArgumentType]
    assert look.find("Pod", "agents", "late") is None
    objects.objects.append(pod("late"))
    assert look.find("Pod", "agents", "late") is None
    assert OneLook(objects).find("Pod", "agents", "late") is not None  # pyright: ignore[reportArgumentType]
