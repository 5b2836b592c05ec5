"""The listener's rounds: its health, its patience, and its Pod's environment."""

from __future__ import annotations

import logging

import pytest

from langsmith_sandbox.data_plane.errors import ClusterRefusedError, RefusedError, SettingsError, UnreachableError
from langsmith_sandbox.data_plane.health import Health
from langsmith_sandbox.data_plane.listener import HEARTBEAT_SECONDS, Listener, Settings, pause_after

REFUSED = RefusedError("The control plane refused with 401: Invalid API key.", "Check the key.", status=401)

ENVIRONMENT = {
    "HOST_WORKER_LANGSMITH_API_KEY": "lsv2-canary",
    "HOST_WORKER_TENANT_ID": "22222222-2222-4222-8222-222222222222",
    "HOST_WORKER_LISTENER_ID": "33333333-3333-4333-8333-333333333333",
    "HOST_BACKEND_ENDPOINT": "http://127.0.0.1:1/api-host",
    "HOSTED_K8S_ROOT_DOMAIN": "localhost:34567",
    "HOSTED_K8S_TLS_ENABLED": "false",
    "ENABLE_LGP_DEPLOYMENT_HEALTH_CHECK": "true",
    "WATCH_NAMESPACES": "agents,more",
    "KUBECONFIG": "/var/run/kubeconfig",
    "PORT": "8080",
    "LANGSMITH_SANDBOX_POD_IP": "127.1.2.3",
}


class ScriptedControlPlane:
    """Gives work or trouble, as told."""

    def __init__(self):
        self.trouble = None
        self.given = []
        self.beats = 0

    def heartbeat(self, version, namespaces):
        if self.trouble:
            raise self.trouble
        self.beats += 1

    def work(self):
        if self.trouble:
            raise self.trouble
        return self.given

    def report(self, *args, **kwargs): ...

    def deleted(self, deployment_id): ...


class ScriptedDeliveries:
    """Notes what it is given; troubles by deployment name."""

    def __init__(self):
        self.stepped = []
        self.troubles = {}

    def look(self):
        return "one look for the whole round"

    def step(self, work, look):
        assert look == self.look()
        self.stepped.append(work.name)
        if trouble := self.troubles.get(work.name):
            raise trouble


class Seconds:
    """A monotonic clock."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def parts():
    """A listener with everything around it scripted."""
    control_plane, deliveries, health, seconds = ScriptedControlPlane(), ScriptedDeliveries(), Health(), Seconds()
    listener = Listener(control_plane, deliveries, health, namespaces=("agents",), clock=seconds)  # pyright: ignore[reportArgumentType]
    return listener, control_plane, deliveries, health, seconds


def test_the_pod_is_ready_from_the_first_answered_poll_on(parts):
    listener, _, _, health, _ = parts
    assert health.reason, "not before the control plane was asked"
    assert listener.poll()
    assert health.reason == ""


@pytest.mark.parametrize("trouble", [REFUSED, UnreachableError("The control plane does not answer.", "Check the URL.")])
def test_a_refusal_makes_the_pod_unready_with_the_cause_logged_once(parts, caplog, trouble):
    listener, control_plane, _, health, _ = parts
    control_plane.trouble = trouble
    with caplog.at_level(logging.INFO, "listener"):
        assert not listener.poll()
        assert not listener.poll()
    assert health.reason == str(trouble)
    assert [record.getMessage() for record in caplog.records] == [str(trouble)], "the same cause is no news"


def test_the_pod_recovers_when_the_control_plane_takes_it_again(parts):
    listener, control_plane, _, health, _ = parts
    control_plane.trouble = REFUSED
    listener.poll()
    control_plane.trouble = None
    assert listener.poll()
    assert health.reason == ""


def test_one_deployments_trouble_does_not_hold_up_the_next(parts, work_of):
    listener, control_plane, deliveries, health, _ = parts
    control_plane.given = [work_of(name="first"), work_of(name="second")]
    deliveries.troubles["first"] = ClusterRefusedError(503, "unavailable")
    assert listener.poll()
    assert deliveries.stepped == ["first", "second"]
    assert health.reason == "", "the line to the control plane is fine"


def test_a_control_plane_lost_in_the_middle_ends_the_round(parts, work_of):
    listener, control_plane, deliveries, _, _ = parts
    control_plane.given = [work_of(name="first"), work_of(name="second")]
    deliveries.troubles["first"] = UnreachableError("no answer.", "wait.")
    assert not listener.poll()
    assert deliveries.stepped == ["first"]


def test_heartbeats_are_sent_now_and_then_and_not_with_every_poll(parts):
    listener, control_plane, _, _, seconds = parts
    listener.poll()
    listener.poll()
    assert control_plane.beats == 1
    seconds.now += HEARTBEAT_SECONDS
    listener.poll()
    assert control_plane.beats == 2


def test_failed_polls_are_spaced_out_up_to_a_bound():
    assert [pause_after(failures, 1.0) for failures in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert pause_after(10_000, 1.0) == 30, "no number of failures overflows"


def test_settings_are_the_charts_variables_and_never_show_the_key():
    settings = Settings.from_environment(ENVIRONMENT)
    assert settings.namespaces == ("agents", "more")
    assert settings.exposure.url("x") == "http://localhost:34567/lgp/x"
    assert (settings.address, settings.port, settings.health_check) == ("127.1.2.3", 8080, True)
    assert "lsv2-canary" not in repr(settings)


@pytest.mark.parametrize(
    "missing",
    [
        "HOST_WORKER_LANGSMITH_API_KEY",
        "HOST_WORKER_TENANT_ID",
        "HOST_WORKER_LISTENER_ID",
        "HOST_BACKEND_ENDPOINT",
        "HOSTED_K8S_ROOT_DOMAIN",
        "KUBECONFIG",
    ],
)
def test_what_the_environment_lacks_is_named_with_the_value_that_sets_it(missing):
    with pytest.raises(SettingsError, match=missing):
        Settings.from_environment({**ENVIRONMENT, missing: ""})


def test_a_listener_id_that_is_no_uuid_is_named():
    with pytest.raises(SettingsError, match="no UUID"):
        Settings.from_environment({**ENVIRONMENT, "HOST_WORKER_LISTENER_ID": "dataplane"})


def test_without_the_health_check_no_hostname_is_needed():
    off = {**ENVIRONMENT, "ENABLE_LGP_DEPLOYMENT_HEALTH_CHECK": "false", "HOSTED_K8S_ROOT_DOMAIN": ""}
    assert not Settings.from_environment(off).health_check
