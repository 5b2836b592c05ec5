"""The master user is asked for anew, with the role of the Pod, and a refusal is a sentence without a secret."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from langsmith_hybrid.agent_stores_job import master_user
from langsmith_hybrid.agent_stores_job.errors import JobError
from langsmith_hybrid.agent_stores_job.http_call import Answer, UnreachableError
from langsmith_hybrid.agent_stores_job.request import PostgresServer

SERVER = PostgresServer("db.example:5432", "arn:aws:secretsmanager:eu-west-1:1:secret:rds!db", "eu-west-1")
ROLE = {"AccessKeyId": "ASIA", "SecretAccessKey": "s3cr3t", "Token": "t0ken"}
SECRET = {"SecretString": json.dumps({"username": "langsmith", "password": "h1dden"})}
CREDENTIALS_URL = "http://169.254.170.23/v1/credentials"


class Services:
    """The Pod Identity agent and Secrets Manager, answering as told."""

    def __init__(self, **answers: Answer | UnreachableError) -> None:
        self.answers = {"GET": Answer(200, json.dumps(ROLE).encode()), "POST": Answer(200, json.dumps(SECRET).encode())}
        self.answers |= answers  # type: ignore[operator]
        self.calls: list[tuple[str, str, Mapping[str, str], bytes | None]] = []

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        self.calls.append((method, url, headers, body))
        answer = self.answers[method]
        if isinstance(answer, UnreachableError):
            raise answer
        return answer


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """What EKS sets in a Pod that has a role."""
    (tmp_path / "token").write_text("a-pod-token\n")
    return {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": CREDENTIALS_URL,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token"),
    }


def fetch(environ: Mapping[str, str], services: Services) -> master_user.MasterUser:
    return master_user.fetch(SERVER, environ, services, lambda: dt.datetime(2026, 11, 22, tzinfo=dt.UTC))


def test_the_pods_role_reads_the_one_secret_of_the_region(environ: dict[str, str]) -> None:
    services = Services()
    master = fetch(environ, services)
    assert (master.name, master.password) == ("langsmith", "h1dden")
    assert "h1dden" not in repr(master)
    (_, credentials, asked, _), (_, url, signed, body) = services.calls
    assert (credentials, asked) == (CREDENTIALS_URL, {"Authorization": "a-pod-token"})
    assert url == "https://secretsmanager.eu-west-1.amazonaws.com/"
    assert json.loads(body or b"") == {"SecretId": SERVER.secret_arn}
    assert signed["X-Amz-Security-Token"] == "t0ken"


def test_an_endpoint_of_the_environment_goes_before_the_regions_own(environ: dict[str, str]) -> None:
    services = Services()
    fetch({**environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, services)
    assert services.calls[1][1] == "http://127.0.0.1:4566/"
    assert services.calls[1][2]["Host"] == "127.0.0.1:4566"


@pytest.mark.parametrize(
    ("services", "said"),
    [
        (Services(GET=Answer(404, b"")), "The Pod Identity agent gives no credentials (status 404)."),
        (Services(GET=UnreachableError("TimeoutError")), "The Pod Identity agent cannot be reached (TimeoutError)."),
        (Services(POST=UnreachableError("gaierror")), "Secrets Manager cannot be reached (gaierror)."),
        (
            Services(POST=Answer(400, b'{"__type": "com#AccessDeniedException", "Message": "h1dden"}')),
            "Secrets Manager does not hand out the master password (AccessDeniedException).",
        ),
        (Services(POST=Answer(503, b"<html>")), "Secrets Manager does not hand out the master password (status 503)."),
    ],
)
def test_whoever_refuses_is_named_and_nothing_secret_is(environ: dict[str, str], services: Services, said: str) -> None:
    with pytest.raises(JobError) as caught:
        fetch(environ, services)
    assert caught.value.what == said
    assert not [secret for secret in ("s3cr3t", "t0ken", "h1dden", "a-pod-token") if secret in str(caught.value)]


def test_a_pod_without_a_role_is_told_that_another_try_may_have_one() -> None:
    with pytest.raises(JobError, match="another try gets one"):
        fetch({}, Services())
