"""ECR's own part: logins to the registry, and what the registry has to know of repositories."""

from __future__ import annotations

import base64
import datetime as dt
from typing import TYPE_CHECKING

from werkzeug.test import Client

from langsmith_sandbox.aws.clock import Clock
from langsmith_sandbox.aws.context import Context, use
from langsmith_sandbox.registry.login import Standing, standing

if TYPE_CHECKING:
    from conftest import Account

SECRET = "signs logins"


def test_a_login_lets_into_the_registry_it_names_for_twelve_hours(account: Account):
    use(Context(clock=Clock(), registry="127.0.0.1:5000", registry_secret=SECRET))
    (given,) = account.client("ecr").get_authorization_token()["authorizationData"]
    assert given["proxyEndpoint"] == "http://127.0.0.1:5000"
    left = given["expiresAt"] - dt.datetime.now(dt.UTC)
    assert dt.timedelta(hours=11) < left <= dt.timedelta(hours=12)
    header = f"Basic {given['authorizationToken']}"
    assert standing(header, SECRET, dt.datetime.now(dt.UTC).timestamp()) is Standing.VALID
    assert base64.b64decode(given["authorizationToken"]).startswith(b"AWS:")


def test_the_registry_learns_whether_tags_may_move_and_that_other_names_are_none_of_ecrs(account: Account):
    ecr = account.client("ecr")
    ecr.create_repository(
        repositoryName="agents/mixed",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "latest*"}],
    )
    ecr.create_repository(repositoryName="agents/loose")
    registry = Client(account.emulator)

    def described(name: str):
        return (registry.get(f"/_sandbox/ecr/{name}").json or {})["repository"]

    rules = {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION", "exclusions": ["latest*"]}
    assert described("agents/mixed") == rules
    assert described("agents/loose") == {"imageTagMutability": "MUTABLE", "exclusions": []}
    ecr.put_image_tag_mutability(repositoryName="agents/loose", imageTagMutability="IMMUTABLE")
    assert described("agents/loose")["imageTagMutability"] == "IMMUTABLE", "a changed rule holds at once"
    assert described("langchain/langgraph-api") is None
