"""What is signed by hand is what AWS's own SDK would have signed."""

from __future__ import annotations

import datetime as dt

import pytest
from botocore import auth, awsrequest
from botocore import credentials as botocore_credentials

from langsmith_hybrid.agent_stores_job.signature import Credentials, signed_headers

NOW = dt.datetime(2026, 11, 22, 17, 5, 9, tzinfo=dt.UTC)
CREDENTIALS = Credentials("ASIAEXAMPLE", "a-secret/with+signs", "a-session-token==")


@pytest.mark.parametrize(
    ("host", "region", "body"),
    [
        (
            "secretsmanager.eu-west-1.amazonaws.com",
            "eu-west-1",
            b'{"SecretId": "arn:aws:secretsmanager:::secret:rds!x"}',
        ),
        ("127.0.0.1:4566", "us-east-1", b"{}"),
    ],
)
def test_the_signature_is_the_sdks(monkeypatch: pytest.MonkeyPatch, host: str, region: str, body: bytes) -> None:
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "Host": host,
        "X-Amz-Target": "secretsmanager.GetSecretValue",
    }
    request = awsrequest.AWSRequest("POST", f"https://{host}/", headers=headers, data=body)
    # The SDK takes the time from the machine, and offers no other way in.
    monkeypatch.setattr(auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None))
    given = botocore_credentials.Credentials(*vars(CREDENTIALS).values())
    auth.SigV4Auth(given, "secretsmanager", region).add_auth(request)

    ours = signed_headers(headers, body, CREDENTIALS, region=region, service="secretsmanager", at=NOW)

    assert ours["Authorization"] == request.headers["Authorization"]
    assert ours["X-Amz-Date"] == request.headers["X-Amz-Date"]


def test_credentials_do_not_show_their_secrets() -> None:
    assert "secret" not in repr(CREDENTIALS).removeprefix("Credentials").replace("secret_access_key", "")
    assert CREDENTIALS.token not in repr(CREDENTIALS)
