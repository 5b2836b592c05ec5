"""The LGP and its Secret: values only in the Secret, platform variables above the user's."""

from __future__ import annotations

import base64
import json

import pytest

from langsmith_sandbox.data_plane.lgp import Exposure, lgp_manifest, name_of, secret_manifest

EXPOSURE = Exposure("localhost:34567", tls=False)


def environment(work, exposure=EXPOSURE):
    server = lgp_manifest(work, work.revision, exposure)["spec"]["serverSpec"]
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in server["env"]}


def test_names_join_the_deployments_name_and_the_32_hex_digits_of_its_id(work_of):
    assert name_of(work_of()) == "hello-6bdccbe86c8343c4a4db18b14ac28574"


def test_secret_values_are_in_the_secret_and_nowhere_in_the_lgp(work_of):
    work = work_of()
    secret = secret_manifest(work, work.revision)
    assert base64.b64decode(secret["data"]["TOKEN"]) == b"s3cret-value"
    assert "s3cret-value" not in json.dumps(lgp_manifest(work, work.revision, EXPOSURE))
    assert environment(work)["TOKEN"] == {"secretKeyRef": {"name": secret["metadata"]["name"], "key": "TOKEN"}}


def test_secret_values_do_not_show_when_the_work_is_printed(work_of):
    assert "s3cret-value" not in repr(work_of())


def test_references_point_at_the_users_own_secrets(work_of):
    work = work_of(secret_references={"DSN": ("database", "uri")})
    assert environment(work)["DSN"] == {"secretKeyRef": {"name": "database", "key": "uri"}}


def test_the_platforms_variables_win_over_the_users(work_of):
    work = work_of(secrets={"LANGSMITH_HOST_REVISION_ID": "forged", "MOUNT_PREFIX": "/mine"})
    seen = environment(work)
    assert seen["LANGSMITH_HOST_REVISION_ID"] == work.revision.id
    assert seen["MOUNT_PREFIX"] == f"/lgp/{name_of(work)}"
    assert seen["LANGSMITH_HOST_PROJECT_ID"] == work.id
    assert seen["LANGSMITH_TENANT_ID"] == work.tenant_id


def test_tracing_is_off_unless_the_user_turns_it_on(work_of):
    assert environment(work_of())["LANGSMITH_TRACING"] == "false"
    chosen = environment(work_of(secrets={"LANGSMITH_TRACING": "true"}))["LANGSMITH_TRACING"]
    assert chosen["secretKeyRef"]["key"] == "LANGSMITH_TRACING"


def test_limits_are_twice_the_requests_unless_given(work_of):
    def resources(**spec):
        work = work_of(resource_spec=spec)
        return lgp_manifest(work, work.revision, EXPOSURE)["spec"]["serverSpec"]["resources"]

    assert resources(cpu=0.5, memory_mb=512) == {
        "requests": {"cpu": "500m", "memory": "512Mi"},
        "limits": {"cpu": "1000m", "memory": "1024Mi"},
    }
    assert resources(cpu=1, memory_mb=512, memory_limit_mb=600)["limits"]["memory"] == "600Mi"


def test_pod_parts_of_the_resource_spec_reach_the_lgp_under_its_names(work_of):
    work = work_of(resource_spec={"image_pull_secrets": [{"name": "pull"}], "labels": {"team": "a"}, "volumes": None})
    server = lgp_manifest(work, work.revision, EXPOSURE)["spec"]["serverSpec"]
    assert (server["imagePullSecrets"], server["labels"]) == ([{"name": "pull"}], {"team": "a"})
    assert "volumes" not in server, "nulls are not passed on"


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        (
            {"HOSTED_K8S_ROOT_DOMAIN": "localhost:34567", "HOSTED_K8S_TLS_ENABLED": "false"},
            "http://localhost:34567/lgp/x",
        ),
        ({"HOSTED_K8S_ROOT_DOMAIN": "agents.example.com"}, "https://agents.example.com/lgp/x"),
        ({"HOSTED_K8S_ROOT_DOMAIN": "a.example", "HOSTED_K8S_BASE_PATH": "ai/"}, "https://a.example/ai/lgp/x"),
    ],
)
def test_urls_follow_the_charts_exposure_variables(variables, url):
    assert Exposure.from_environment(variables).url("x") == url
