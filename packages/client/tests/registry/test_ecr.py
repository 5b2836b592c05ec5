"""Logging in to ECR with AWS keys alone."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys

import httpx2
import pytest

from langsmith_client.errors import RegistryAccessError, RegistryError
from langsmith_client.registry import DockerLogins, Login
from langsmith_client.registry.aws_keys import AwsKeys, aws_keys
from langsmith_client.registry.ecr import EcrLogins, RegistryLogins
from langsmith_client.registry.ecr_api import SERVICE, EcrApi
from langsmith_client.registry.sigv4 import signed_headers

HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG"}
NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


class Ecr:
    """Gives a login, and keeps what it was asked."""

    def __init__(self, answer=None, endpoint=f"https://{HOST}"):
        self.requests = []
        token = base64.b64encode(b"AWS:secret:token").decode()
        data = {"authorizationData": [{"authorizationToken": token, "proxyEndpoint": endpoint}]}
        self.answer = answer or httpx2.Response(200, json=data)

    def __call__(self, request):
        request.read()
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def logins(ecr, **environ):
    return EcrLogins({**KEYS, **environ}, transport=httpx2.MockTransport(ecr), now=lambda: NOW)


def test_a_login_is_asked_for_once_at_the_region_of_the_host():
    ecr = Ecr()
    found = logins(ecr)
    assert found.login(HOST) == found.login(HOST) == Login("AWS", "secret:token")
    (request,) = ecr.requests
    assert str(request.url) == "https://api.ecr.eu-west-1.amazonaws.com/"
    assert request.headers["X-Amz-Target"] == "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    assert "/eu-west-1/ecr/aws4_request" in request.headers["Authorization"]
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in str(request.headers)


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "https://ecr-fips.us-east-1.amazonaws.com/"),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "https://api.ecr.cn-north-1.amazonaws.com.cn/"),
        ("123456789012.dkr-ecr.us-east-2.on.aws", "https://ecr.us-east-2.api.aws/"),
    ],
)
def test_every_kind_of_ecr_host_leads_to_its_endpoint(host, endpoint):
    ecr = Ecr()
    assert logins(ecr).login(host)
    assert str(ecr.requests[0].url) == endpoint


def test_the_official_variables_move_the_endpoint():
    ecr = Ecr()
    logins(ecr, AWS_ENDPOINT_URL="http://127.0.0.1:4566").login(HOST)
    logins(ecr, AWS_ENDPOINT_URL="http://x", AWS_ENDPOINT_URL_ECR="http://127.0.0.1:1/").login(HOST)
    assert [str(request.url) for request in ecr.requests] == ["http://127.0.0.1:4566/", "http://127.0.0.1:1/"]


@pytest.mark.parametrize("host", ["ghcr.io", "docker.io", f"{HOST}.evil.example", "127.0.0.1:5000"])
def test_no_other_registry_makes_us_ask_aws(host):
    ecr = Ecr()
    assert logins(ecr, AWS_REGION="eu-west-1").login(host, "registry.docker.io") is None
    assert ecr.requests == []


def test_a_registry_that_only_claims_to_be_ecr_does_not_get_the_login():
    ecr = Ecr()
    assert logins(ecr, AWS_REGION="eu-west-1").login("ecr.evil.example", SERVICE) is None
    local = Ecr(endpoint="http://127.0.0.1:5000")
    assert logins(local, AWS_REGION="eu-west-1").login("127.0.0.1:5000", SERVICE), "AWS itself names it"


def test_without_keys_there_is_no_login_and_no_request(monkeypatch):
    monkeypatch.setitem(sys.modules, "botocore", None)
    ecr = Ecr()
    assert EcrLogins({}, transport=httpx2.MockTransport(ecr)).login(HOST) is None
    assert ecr.requests == []


def test_a_refusal_of_aws_is_told_in_its_own_words_and_without_a_secret():
    refusal = {"__type": "com.amazon#ExpiredTokenException", "message": "The security token has expired"}
    with pytest.raises(RegistryAccessError, match="ExpiredTokenException: The security token has expired") as caught:
        logins(Ecr(httpx2.Response(400, json=refusal))).login(HOST)
    assert caught.value.exit_code == 40
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in str(caught.value)


@pytest.mark.parametrize(
    "answer", [httpx2.Response(502, html="<p>"), httpx2.Response(200, json={}), httpx2.Response(200, json=[])]
)
def test_an_answer_that_is_no_login_is_a_sentence(answer):
    with pytest.raises(RegistryAccessError, match="gives no login"):
        logins(Ecr(answer)).login(HOST)


def test_aws_out_of_reach_is_a_sentence():
    with pytest.raises(RegistryError, match="cannot be asked"):
        logins(Ecr(httpx2.ConnectError("down"))).login(HOST)


@pytest.mark.parametrize("token", [None, "session-token"])
def test_a_signature_is_the_one_aws_libraries_make(token):
    auth = pytest.importorskip("botocore.auth", reason="the oracle of this test is botocore, the extra `ecr`")
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    url, body = "https://api.ecr.eu-west-1.amazonaws.com/", b"{}"
    keys = AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG", token)
    ours = signed_headers(url, {"X-Amz-Target": "T"}, body, keys=keys, region="eu-west-1", service="ecr", now=NOW)
    request = AWSRequest("POST", url, {"X-Amz-Target": "T", "X-Amz-Date": ours["x-amz-date"]}, body)
    if token:
        request.headers["X-Amz-Security-Token"] = token
    request.context["timestamp"] = ours["x-amz-date"]
    signer = auth.SigV4Auth(Credentials(keys.access_key_id, keys.secret_access_key, token), "ecr", "eu-west-1")
    canonical = signer.string_to_sign(request, signer.canonical_request(request))
    assert ours["authorization"].endswith(f"Signature={signer.signature(canonical, request)}")


def test_keys_of_the_environment_need_no_library_and_win(monkeypatch):
    monkeypatch.setitem(sys.modules, "botocore", None)
    assert aws_keys({**KEYS, "AWS_SESSION_TOKEN": "s"}) == AwsKeys("AKIDEXAMPLE", KEYS["AWS_SECRET_ACCESS_KEY"], "s")
    assert aws_keys({}) is None
    assert "wJalr" not in repr(aws_keys(KEYS))


def test_a_profile_is_read_by_botocore(tmp_path, monkeypatch):
    pytest.importorskip("botocore", reason="profiles need botocore, the extra `ecr`")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "credentials").write_text("[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = shh\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert aws_keys({}) == AwsKeys("AKIAWORK", "shh")
    monkeypatch.setenv("AWS_PROFILE", "gone")
    with pytest.raises(RegistryAccessError, match="gone"):
        aws_keys({})


def docker(tmp_path, config):
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return DockerLogins({"DOCKER_CONFIG": str(tmp_path)}, run=no_helper)


def no_helper(argv, **options):
    raise FileNotFoundError


def test_a_fresh_login_comes_before_the_one_docker_stored_because_that_dies_after_twelve_hours(tmp_path):
    stored = {"auths": {HOST: {"auth": base64.b64encode(b"AWS:stale").decode()}}}
    chain = RegistryLogins(docker(tmp_path, stored), logins(Ecr()))
    assert chain.login(HOST, SERVICE) == Login("AWS", "secret:token")
    without_keys = RegistryLogins(docker(tmp_path, stored), EcrLogins({"AWS_ACCESS_KEY_ID": ""}))
    assert without_keys.login("ghcr.io", "") is None


def test_a_helper_chosen_for_this_registry_is_asked_and_nothing_else(tmp_path):
    ecr = Ecr()
    chain = RegistryLogins(docker(tmp_path, {"credHelpers": {HOST: "ecr-login"}}), logins(ecr))
    with pytest.raises(RegistryAccessError, match="docker-credential-ecr-login"):
        chain.login(HOST, SERVICE)
    assert ecr.requests == []


def immutable(answer, host=HOST, **environ):
    """What is known about the tags of a repository, when AWS answers so."""
    ecr = Ecr(answer)
    api = EcrApi({**KEYS, **environ}, httpx2.MockTransport(ecr), lambda: NOW)
    return api.immutable_tags(host, "agents/greeter"), ecr.requests


@pytest.mark.parametrize(
    ("mutability", "expected"), [("IMMUTABLE", True), ("IMMUTABLE_WITH_EXCLUSION", True), ("MUTABLE", False)]
)
def test_ecr_says_whether_tags_can_move(mutability, expected):
    answer = httpx2.Response(200, json={"repositories": [{"imageTagMutability": mutability}]})
    found, (request,) = immutable(answer)
    assert found is expected
    assert request.headers["X-Amz-Target"].endswith(".DescribeRepositories")
    assert json.loads(request.content) == {"repositoryNames": ["agents/greeter"]}


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(400, json={"__type": "AccessDeniedException"}),
        httpx2.Response(200, json={}),
        httpx2.Response(200),
    ],
)
def test_whoever_may_push_but_not_look_learns_nothing(answer):
    assert immutable(answer)[0] is None


@pytest.mark.parametrize(("host", "environ"), [("registry.example.com", {}), (HOST, {"AWS_ACCESS_KEY_ID": ""})])
def test_nobody_is_asked_about_other_registries_or_without_keys(host, environ, monkeypatch):
    monkeypatch.setitem(sys.modules, "botocore", None)  # it would look for keys elsewhere on this machine
    assert immutable(httpx2.Response(500), host, **environ) == (None, [])
