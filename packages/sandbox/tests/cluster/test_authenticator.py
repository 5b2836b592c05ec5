from __future__ import annotations

from typing import Any

import httpx2
import pytest

from langsmith_sandbox.cluster.access_entries import canonical_arn, find_user
from langsmith_sandbox.cluster.access_policies import groups_in_namespace, groups_of
from langsmith_sandbox.cluster.api import KubernetesApi
from langsmith_sandbox.cluster.authenticator import Authenticator, authorize
from langsmith_sandbox.cluster.eks_token import Caller, TokenError

POLICY = "arn:aws:eks::aws:cluster-access-policy/"
SESSION = Caller("arn:aws:sts::123456789012:assumed-role/dev/me@example.com", "123456789012", "AROA:me")
ROLE = "arn:aws:iam::123456789012:role/dev"


def _policy(name: str, *namespaces: str) -> dict[str, Any]:
    scope = {"type": "namespace", "namespaces": list(namespaces)} if namespaces else {"type": "cluster"}
    return {"policyArn": POLICY + name, "accessScope": scope}


class FakeEks:
    """Access entries in memory, one to a page, as EKS would with many."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, list[dict[str, Any]]] = {}

    def add(self, principal: str, *policies: dict[str, Any], **entry: Any) -> None:
        self.entries[principal] = entry
        self.policies[principal] = list(policies)

    def list_access_entries(self, **parameters: Any) -> dict[str, Any]:
        position = int(parameters.get("nextToken", "0"))
        following = {"nextToken": str(position + 1)} if position + 1 < len(self.entries) else {}
        return {"accessEntries": list(self.entries)[position : position + 1], **following}

    def describe_access_entry(self, **parameters: Any) -> dict[str, Any]:
        return {"accessEntry": self.entries[parameters["principalArn"]]}

    def list_associated_access_policies(self, **parameters: Any) -> dict[str, Any]:
        return {"associatedAccessPolicies": self.policies[parameters["principalArn"]]}


@pytest.fixture
def eks() -> FakeEks:
    return FakeEks()


def test_the_session_of_a_role_is_the_role(eks: FakeEks):
    eks.add("arn:aws:iam::123456789012:role/other")
    eks.add(ROLE, kubernetesGroups=["readers"], username="arn:aws:sts::123456789012:assumed-role/dev/{{SessionName}}")
    user = find_user(SESSION, "demo", eks)
    assert user.groups == ("readers",)
    assert user.username.endswith("/me-example.com"), "a user name may not hold an @"


def test_a_role_with_a_path_is_found_although_sts_does_not_tell_the_path(eks: FakeEks):
    eks.add("arn:aws:iam::123456789012:role/teams/blue/dev", kubernetesGroups=["blue"])
    assert find_user(SESSION, "demo", eks).groups == ("blue",)
    assert canonical_arn(SESSION) == ROLE


@pytest.mark.parametrize(
    "principal",
    ["arn:aws:iam::999999999999:role/dev", "arn:aws:iam::123456789012:role/dev2", "arn:aws:iam::123456789012:user/dev"],
)
def test_entries_about_others_let_nobody_in(eks: FakeEks, principal: str):
    eks.add(principal, _policy("AmazonEKSClusterAdminPolicy"))
    with pytest.raises(TokenError, match="no access entry of cluster demo is about"):
        find_user(SESSION, "demo", eks)


def test_policies_for_the_cluster_are_groups_and_the_administrators_is_the_superusers():
    assert groups_of([_policy("AmazonEKSClusterAdminPolicy")]) == ["system:masters"]
    (group,) = groups_of([_policy("AmazonEKSViewPolicy")])
    assert group == "sandbox:eks-access-policy:AmazonEKSViewPolicy"


def test_policies_for_namespaces_give_nothing_elsewhere():
    groups = groups_of([_policy("AmazonEKSClusterAdminPolicy", "a", "b"), _policy("AmazonEKSEditPolicy", "c")])
    assert "system:masters" not in groups, "an administrator of one namespace must not become one of all"
    assert list(groups_in_namespace(groups, "a")) == ["system:masters"]
    assert list(groups_in_namespace(groups, "c")) == ["sandbox:eks-access-policy:AmazonEKSEditPolicy"]
    assert list(groups_in_namespace(groups, "other")) == []


def _review(namespace: str, *groups: str) -> tuple[dict[str, Any], list[Any]]:
    asked: list[Any] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.read())
        return httpx2.Response(201, json={"status": {"allowed": True}})

    api = KubernetesApi(httpx2.Client(transport=httpx2.MockTransport(handle), base_url="http://api"))
    attributes = {"namespace": namespace, "verb": "get", "resource": "pods"}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"groups": list(groups), "resourceAttributes": attributes},
    }
    return authorize(review, api), asked


def test_a_request_in_the_policys_namespace_is_judged_as_if_the_policy_were_for_the_cluster():
    groups = groups_of([_policy("AmazonEKSViewPolicy", "a")])
    answer, asked = _review("a", *groups)
    assert answer["status"]["allowed"]
    assert b'"sandbox:eks-access-policy:AmazonEKSViewPolicy"' in asked[0]


@pytest.mark.parametrize("namespace", ["b", ""])
def test_a_request_elsewhere_is_left_to_rbac_without_asking_anything(namespace: str):
    answer, asked = _review(namespace, *groups_of([_policy("AmazonEKSViewPolicy", "a")]))
    assert answer["status"] == {"allowed": False}
    assert asked == [], "else every denied request would ask again, for ever"


class Bench:
    """An authenticator whose STS answers what it is told to."""

    def __init__(self, eks: FakeEks, monkeypatch: pytest.MonkeyPatch) -> None:
        from langsmith_sandbox.cluster import authenticator, eks_token

        self.asked = 0
        self.now = 1000.0
        call = eks_token.PresignedCall("http://sts/secret", "AKIA", 1900.0)
        monkeypatch.setattr(authenticator, "read_token", lambda *_, **__: call)
        monkeypatch.setattr(authenticator, "ask_sts", self._ask)
        self.authenticator = Authenticator("demo", "http://sts", lambda: eks, clock=lambda: self.now)

    def review(self) -> dict[str, Any]:
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "t"}}
        answer = self.authenticator.review(review)
        assert (answer["apiVersion"], answer["kind"]) == ("authentication.k8s.io/v1", "TokenReview")
        return answer["status"]

    def _ask(self, *_: object) -> Caller:
        self.asked += 1
        return SESSION


@pytest.fixture
def bench(eks: FakeEks, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(eks, monkeypatch)


def test_a_known_principal_is_told_to_the_api_server_with_groups_and_origin(bench: Bench, eks: FakeEks):
    eks.add(ROLE, _policy("AmazonEKSClusterAdminPolicy"), username="dev")
    status = bench.review()
    assert status["authenticated"] is True
    assert status["user"]["groups"] == ["system:masters"]
    assert status["user"]["extra"]["canonicalArn"] == [ROLE]


def test_the_refused_learn_nothing_and_the_log_holds_the_reason(bench: Bench, caplog: pytest.LogCaptureFixture):
    assert bench.review() == {"authenticated": False}
    assert f"is about {ROLE}" in caplog.text


def test_a_removed_access_entry_counts_at_once_though_the_signature_is_remembered(bench: Bench, eks: FakeEks):
    eks.add(ROLE, username="dev")
    assert bench.review()["authenticated"]
    eks.entries.clear()
    assert not bench.review()["authenticated"]
    assert bench.asked == 1, "STS would refuse to be asked again after a minute"
    bench.now = 2000.0
    bench.review()
    assert bench.asked == 2, "what is remembered ends with the token"
