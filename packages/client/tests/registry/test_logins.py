"""Logging in to registries: docker's files and helpers, and the two kinds of challenge."""

from __future__ import annotations

import base64
import json

import httpx2
import pytest

from langsmith_client.errors import RegistryAccessError, RegistryError
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.processes import Finished
from langsmith_client.registry import DockerLogins, Login, Registry
from langsmith_client.registry.challenge import authorization, read_challenge

IMAGE = ImageReference(Repository("registry.example", "agent"), "1")
CHALLENGE = 'Bearer realm="https://auth.example/token",service="reg",scope="repository:agent:pull"'


def logins(tmp_path, config, run=None):
    (tmp_path / "config.json").write_text(config if isinstance(config, str) else json.dumps(config), encoding="utf-8")
    return DockerLogins({"DOCKER_CONFIG": str(tmp_path)}, run=run or (lambda *a, **k: Finished(1, b"", "")))


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def test_a_stored_login_is_found_with_and_without_a_scheme(tmp_path):
    config = {"auths": {"a.example": {"auth": encoded("ada:s3:cret")}, "https://b.example": {"auth": encoded("bob:x")}}}
    found = logins(tmp_path, config)
    assert found.login("a.example") == Login("ada", "s3:cret"), "a password may hold a colon"
    assert found.login("b.example") == Login("bob", "x")
    assert found.login("c.example") is None


def test_docker_hub_has_a_key_of_its_own(tmp_path):
    config = {"auths": {"https://index.docker.io/v1/": {"auth": encoded("ada:pw")}}}
    assert logins(tmp_path, config).login("docker.io") == Login("ada", "pw")


def test_a_helper_gets_the_host_on_its_input_and_wins_over_stored_logins(tmp_path):
    asked = []

    def run(argv, *, stdin=b"", **options):
        asked.append((list(argv), stdin))
        return Finished(0, json.dumps({"Username": "AWS", "Secret": "token"}).encode(), "")

    config = {"credHelpers": {"a.example": "ecr-login"}, "auths": {"a.example": {"auth": encoded("old:old")}}}
    assert logins(tmp_path, config, run).login("a.example") == Login("AWS", "token")
    assert asked == [(["docker-credential-ecr-login", "get"], b"a.example")]


def test_a_helper_without_an_entry_leaves_the_visitor_anonymous(tmp_path):
    assert logins(tmp_path, {"credsStore": "desktop"}).login("a.example") is None


def test_a_missing_helper_and_damaged_files_are_sentences(tmp_path):
    def missing(*a, **k):
        raise FileNotFoundError

    with pytest.raises(RegistryAccessError, match="docker-credential-gone"):
        logins(tmp_path, {"credsStore": "gone"}, missing).login("a.example")
    with pytest.raises(RegistryAccessError, match="not JSON"):
        logins(tmp_path, "{").login("a.example")
    with pytest.raises(RegistryAccessError, match="damaged"):
        logins(tmp_path, {"auths": {"a.example": {"auth": "%%%"}}}).login("a.example")


def test_no_docker_folder_at_all_means_anonymous(tmp_path):
    assert DockerLogins({"DOCKER_CONFIG": str(tmp_path / "none")}).login("a.example") is None


def test_a_password_is_never_printed():
    assert "s3cret" not in repr(Login("ada", "s3cret"))


class Ada:
    def login(self, host, service):
        return Login("ada", "s3cret")


class Nobody:
    def login(self, host, service):
        return None


def test_basic_challenges_are_answered_with_user_and_password():
    seen = []

    def serve(request):
        seen.append(request.headers.get("Authorization"))
        return httpx2.Response(404 if seen[-1] else 401, headers={"WWW-Authenticate": 'Basic realm="r"'})

    with Registry(Ada(), transport=httpx2.MockTransport(serve)) as registry:
        registry.digest(IMAGE)
        registry.digest(IMAGE)
    assert seen == [None, "Basic " + encoded("ada:s3cret"), "Basic " + encoded("ada:s3cret")], "asked for once only"


def test_bearer_challenges_are_answered_with_a_token_for_push_and_for_the_mounted_repository():
    asked = []

    def serve(request):
        if request.url.host == "auth.example":
            asked.append((request.url.params.get_list("scope"), request.headers.get("Authorization")))
            return httpx2.Response(200, json={"token": "T"})
        if request.headers.get("Authorization") != "Bearer T":
            return httpx2.Response(401, headers={"WWW-Authenticate": CHALLENGE})
        return httpx2.Response(201)

    with Registry(Ada(), transport=httpx2.MockTransport(serve)) as registry:
        assert registry.mount(IMAGE.repository, "sha256:0", Repository("registry.example", "base"))
    ((scopes, login),) = asked
    assert scopes == ["repository:agent:pull", "repository:agent:pull,push", "repository:base:pull"]
    assert login == "Basic " + encoded("ada:s3cret")


def test_an_anonymous_visitor_asks_for_no_more_than_reading():
    asked = []

    def serve(request):
        if request.url.host == "auth.example":
            asked.extend(request.url.params.get_list("scope"))
            return httpx2.Response(200, json={"access_token": "T"})
        known = request.headers.get("Authorization") == "Bearer T"
        return httpx2.Response(404 if known else 401, headers={"WWW-Authenticate": CHALLENGE})

    with Registry(Nobody(), transport=httpx2.MockTransport(serve)) as registry:
        assert registry.digest(IMAGE) is None
    assert asked == ["repository:agent:pull"], "registries refuse everything to an anonymous wish to push"


def answer_with(status, error=None):
    def serve(request):
        if error:
            raise error
        return httpx2.Response(status)

    return httpx2.Client(transport=httpx2.MockTransport(serve))


def test_a_token_service_that_refuses_is_told_from_one_that_is_down():
    with pytest.raises(RegistryAccessError, match="answered 401"):
        authorization(
            read_challenge(CHALLENGE), Login("ada", "s3cret"), (), http=answer_with(401), host="registry.example"
        )
    down = httpx2.ConnectError("down")
    with pytest.raises(RegistryError, match="cannot be reached"):
        authorization(read_challenge(CHALLENGE), None, (), http=answer_with(0, down), host="registry.example")


def test_a_token_service_that_gives_no_token_is_an_error_and_not_a_traceback():
    for answer in (httpx2.Response(200, json={}), httpx2.Response(200, text="<p>"), httpx2.Response(200, json=[])):
        http = httpx2.Client(transport=httpx2.MockTransport(lambda request, answer=answer: answer))
        with pytest.raises(RegistryError, match="gave no token"):
            authorization(read_challenge(CHALLENGE), None, (), http=http, host="registry.example")


def test_a_refresh_token_is_exchanged_in_the_body_and_never_in_the_address():
    seen = []

    def serve(request):
        seen.append((request.method, str(request.url), request.read().decode()))
        return httpx2.Response(200, json={"access_token": "T"})

    http = httpx2.Client(transport=httpx2.MockTransport(serve))
    found = authorization(
        read_challenge(CHALLENGE), Login("<token>", "refresh-me"), (), http=http, host="registry.example"
    )
    ((method, url, body),) = seen
    assert (found, method, url) == ("Bearer T", "POST", "https://auth.example/token")
    assert "refresh_token=refresh-me" in body


def test_an_unknown_kind_of_challenge_is_an_error():
    with pytest.raises(RegistryAccessError, match="negotiate"):
        authorization(read_challenge("Negotiate x"), None, (), http=answer_with(200), host="registry.example")


def test_an_identity_token_is_a_refresh_token(tmp_path):
    config = {"auths": {"a.example": {"auth": encoded("00000000:"), "identitytoken": "refresh-me"}}}
    assert logins(tmp_path, config).login("a.example") == Login("<token>", "refresh-me")


def test_a_helper_that_knows_nothing_is_told_from_one_that_failed(tmp_path):
    def helper(said):
        return lambda *a, **k: Finished(1, said.encode(), "")

    config = {"credsStore": "desktop", "auths": {"a.example": {"auth": encoded("ada:pw")}}}
    nothing = helper("credentials not found in native keychain")
    assert logins(tmp_path, config, nothing).login("a.example") == Login("ada", "pw")
    with pytest.raises(RegistryAccessError, match="the keychain is locked"):
        logins(tmp_path, config, helper("the keychain is locked")).login("a.example")
