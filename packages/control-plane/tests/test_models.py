"""Reading answers of today's and of tomorrow's servers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from langsmith_control_plane.errors import UnexpectedAnswerError
from langsmith_control_plane.models import Deployment, DeploymentStatus, Listener, Revision, RevisionStatus

NewAnswer = Callable[..., dict[str, Any]]


def test_unknown_fields_and_statuses_are_kept_or_ignored_but_never_fatal(deployment_answer: NewAnswer) -> None:
    deployment = Deployment.from_json(deployment_answer(status="HIBERNATING", agent={"id": 1}, display_name="Hello"))
    assert deployment.status == "HIBERNATING", "a newer server's word must reach the user as it is"
    assert not deployment.deleting, "an unknown status is not a known one"


def test_known_statuses_compare_with_the_enum(deployment_answer: NewAnswer) -> None:
    assert Deployment.from_json(deployment_answer()).status == DeploymentStatus.READY, "no parsing at the call site"
    assert Deployment.from_json(deployment_answer(status="AWAITING_FINAL_DELETE")).deleting, "later servers' word"


@pytest.mark.parametrize(
    ("status", "failed"), [("DEPLOY_FAILED", True), ("BUILD_FAILED", True), ("INTERRUPTED", False), ("SKIPPED", False)]
)
def test_only_failures_count_as_failed(status: str, failed: bool) -> None:
    assert Revision.from_json({"id": "r", "status": status}).failed is failed, "superseded is not failed"
    assert status in set(RevisionStatus), "the table must use real statuses"


def test_listener_without_namespaces_reads_as_none_of_them(listener_answer: NewAnswer) -> None:
    for config in ({"k8s_namespaces": None}, {}, None):
        assert Listener.from_json(listener_answer(compute_config=config)).namespaces == (), "the field is nullable"


def test_deployment_reads_variables_values_or_their_absence(deployment_answer: NewAnswer) -> None:
    with_value = Deployment.from_json(deployment_answer()).secrets[0]
    without = Deployment.from_json(deployment_answer(secrets=[{"name": "OPENAI_API_KEY"}])).secrets[0]
    assert with_value.value is not None, "most servers return values"
    assert with_value.value.reveal() == "sk-very-secret", "as they are"
    assert without.value is None, "an unknown value is not an empty one"


def test_a_printed_deployment_shows_no_variable_and_no_pod_setting(deployment_answer: NewAnswer) -> None:
    spec = {"sidecars": [{"env": [{"name": "T", "value": "sidecar-secret"}]}]}
    shown = repr(Deployment.from_json(deployment_answer(source_config={"resource_spec": spec})))
    assert "sk-very-secret" not in shown, "variables are secrets"
    assert "sidecar-secret" not in shown, "sidecars may hold secrets too"


def test_resource_spec_keeps_fields_this_client_does_not_know(deployment_answer: NewAnswer) -> None:
    deployment = Deployment.from_json(deployment_answer(source_config={"resource_spec": {"gpu": 1, "cpu": 2}}))
    assert deployment.source_config.resource_spec == {"gpu": 1, "cpu": 2}, "it is replaced whole: dropping would clear"


@pytest.mark.parametrize("missing", ["id", "name", "status"])
def test_answer_without_what_cannot_be_missing_is_an_error(deployment_answer: NewAnswer, missing: str) -> None:
    answer = deployment_answer()
    del answer[missing]
    with pytest.raises(UnexpectedAnswerError, match=f"'{missing}'"):
        Deployment.from_json(answer)


def test_reading_models_and_errors_loads_no_http_library() -> None:
    modules = "langsmith_control_plane.models, langsmith_control_plane.errors, langsmith_control_plane.credentials"
    code = f"import sys, {modules}, langsmith_control_plane.endpoints; sys.exit('httpx2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0, "commands must start fast"
