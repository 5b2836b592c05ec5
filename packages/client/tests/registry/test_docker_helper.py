"""Docker's own protocol for credentials, spoken by us."""

from __future__ import annotations

import io
import json
import sys

import pytest

from langsmith_client.errors import RegistryAccessError
from langsmith_client.registry import Login, docker_helper, ecr
from langsmith_client.registry.ecr import EcrLogins
from langsmith_client.registry.ecr_api import SERVICE


@pytest.fixture
def helper(monkeypatch, capsys):
    """Runs the helper with a word and what docker writes to it."""
    asked = []

    def run(word, host="", login=None):
        def answer(self, host, service=""):
            asked.append((host, service))
            if isinstance(login, Exception):
                raise login
            return login

        monkeypatch.setattr(EcrLogins, "login", answer)
        monkeypatch.setattr(sys, "argv", ["docker-credential-langsmith-client", word])
        monkeypatch.setattr(sys, "stdin", io.StringIO(host))
        code = docker_helper.main()
        return code, capsys.readouterr().out, asked

    return run


@pytest.mark.parametrize("host", ["1.dkr.ecr.eu-west-1.amazonaws.com\n", "https://1.dkr.ecr.eu-west-1.amazonaws.com/"])
def test_a_login_is_given_as_docker_wants_it_however_docker_names_the_registry(helper, host):
    code, out, asked = helper("get", host, Login("AWS", "token"))
    assert code == 0
    named = "1.dkr.ecr.eu-west-1.amazonaws.com"
    assert json.loads(out) == {"ServerURL": named, "Username": "AWS", "Secret": "token"}
    assert asked == [(named, SERVICE)]


def test_without_aws_keys_docker_hears_its_own_words_for_nothing_known(helper):
    assert helper("get", "ghcr.io")[:2] == (1, "credentials not found in native keychain\n")


def test_a_refusal_of_aws_reaches_docker_in_one_line(helper):
    code, out, _ = helper("get", "x", RegistryAccessError("AWS gives no login.", "Check the keys."))
    assert (code, out) == (1, "AWS gives no login. Check the keys.\n")


@pytest.mark.parametrize("word", ["store", "erase"])
def test_nothing_is_ever_stored(helper, word):
    code, out, asked = helper(word, '{"Secret": "s3cret"}')
    assert (code, asked) == (1, [])
    assert "s3cret" not in out


def test_the_list_of_stored_logins_is_empty(helper):
    assert helper("list")[:2] == (0, "{}\n")


def test_a_registry_that_is_not_ecr_makes_no_request_at_all(monkeypatch):
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    assert ecr.EcrLogins(keys).login("ghcr.io", SERVICE) is None, "no region, no name of ECR's"
