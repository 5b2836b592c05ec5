from __future__ import annotations

import base64
import calendar
import time
from typing import Any
from urllib.parse import urlencode

import botocore.session
import httpx2
import pytest
from awscli.customizations.eks.get_token import STSClientFactory, TokenGenerator

from langsmith_sandbox.cluster.eks_token import PREFIX, TokenError, ask_sts, read_token

AWS = "http://127.0.0.1:4566"
SIGNED_AT = "20260101T000000Z"
NOW = float(calendar.timegm(time.strptime(SIGNED_AT, "%Y%m%dT%H%M%SZ")))
GOOD = {
    "Action": "GetCallerIdentity",
    "Version": "2011-06-15",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIAEXAMPLE/20260101/us-east-1/sts/aws4_request",
    "X-Amz-Date": SIGNED_AT,
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
    "X-Amz-Signature": "abc",
}
IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:sts::123456789012:assumed-role/dev/me</Arn><UserId>AROA:me</UserId>"
    "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


def _token(url: str = f"{AWS}/", /, **changes: Any) -> str:
    parameters = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return PREFIX + base64.urlsafe_b64encode(f"{url}?{urlencode(parameters)}".encode()).decode().rstrip("=")


def test_a_token_as_the_aws_cli_makes_it_is_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", AWS)
    session = botocore.session.Session()
    session.set_credentials("AKIAEXAMPLE", "secret")
    token = TokenGenerator(STSClientFactory(session).get_sts_client(region_name="us-east-1")).get_token("demo")
    call = read_token(token, aws_url=AWS, now=time.time())
    assert call.access_key == "AKIAEXAMPLE"
    assert call.expires_at > time.time() + 600, "STS takes it for 15 minutes, whatever X-Amz-Expires says"


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("eyJhbGciOi", "missing expected 'k8s-aws-v1.' prefix"),
        (PREFIX + "x" * 5000, "too large"),
        (PREFIX + "!", "not the base64 of a URL"),
        (_token("http://127.0.0.1:9999/"), "unexpected hostname"),
        (_token("https://127.0.0.1:4566/"), "unexpected hostname"),
        (_token(f"{AWS}/other"), "unexpected path"),
        (_token(Action="AssumeRole"), "unexpected action"),
        (_token(**{"X-Amz-SignedHeaders": "host"}), "did not sign the x-k8s-aws-id header"),
        (_token(**{"X-Amz-Expires": "901"}), "invalid X-Amz-Expires"),
        (_token(**{"X-Amz-Expires": None}), "invalid X-Amz-Expires"),
        (_token(**{"X-Amz-Date": "yesterday"}), "error parsing X-Amz-Date"),
        (_token(RoleArn="x"), "non-whitelisted query parameter 'RoleArn'"),
        (_token(action="GetCallerIdentity"), "more than once"),
    ],
)
def test_everything_but_a_presigned_get_caller_identity_for_this_sts_is_refused(token: str, reason: str):
    with pytest.raises(TokenError) as caught:
        read_token(token, aws_url=AWS, now=NOW)
    assert reason in caught.value.reason
    assert "abc" not in str(caught.value), "a refused token is still a credential"


@pytest.mark.parametrize(("age", "accepted"), [(0, True), (899, True), (901, False), (-200, True), (-400, False)])
def test_a_token_lives_fifteen_minutes_and_a_little_skew_is_forgiven(age: float, accepted: bool):
    if accepted:
        assert read_token(_token(), aws_url=AWS, now=NOW + age).expires_at == NOW + 900
    else:
        with pytest.raises(TokenError, match="expired"):
            read_token(_token(), aws_url=AWS, now=NOW + age)


def _ask(answer: httpx2.Response | Exception):
    def handle(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["x-k8s-aws-id"] == "demo", "the cluster's name is part of what was signed"
        if isinstance(answer, Exception):
            raise answer
        return answer

    http = httpx2.Client(transport=httpx2.MockTransport(handle))
    return ask_sts(read_token(_token(), aws_url=AWS, now=NOW), "demo", http)


def test_sts_says_who_signed():
    caller = _ask(httpx2.Response(200, text=IDENTITY))
    assert (caller.arn, caller.account) == ("arn:aws:sts::123456789012:assumed-role/dev/me", "123456789012")
    assert caller.session_name == "me"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx2.Response(403, text="<Error/>"), "expected 200, got 403"),
        (httpx2.Response(200, text="<html>"), "no XML"),
        (httpx2.Response(200, text="<ListAllMyBucketsResult/>"), "no GetCallerIdentityResult"),
        (httpx2.ConnectError("refused http://127.0.0.1/?X-Amz-Signature=abc"), "cannot be asked (ConnectError)"),
    ],
)
def test_an_answer_that_names_nobody_is_a_refusal_without_the_url(answer: httpx2.Response | Exception, reason: str):
    with pytest.raises(TokenError) as caught:
        _ask(answer)
    assert reason in caught.value.reason
    assert "X-Amz-Signature" not in str(caught.value)
    assert not isinstance(caught.value.__cause__, httpx2.HTTPError), "a traceback would show the URL"
