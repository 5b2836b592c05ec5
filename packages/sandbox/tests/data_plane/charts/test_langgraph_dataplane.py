"""The data plane chart makes the real chart's demands and renders what the listener and the operator live on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Render

CHART = "langgraph-dataplane"
LISTENER = "data-plane-langgraph-dataplane-listener"
OPERATOR = "data-plane-langgraph-dataplane-operator"

# As a stack sets them: existing Secrets, an external queue, two watched namespaces.
VALUES: dict[str, Any] = {
    "config": {
        "existingSecretName": "langsmith-api-key",
        "hostBackendUrl": "http://127.0.0.1:1234/api-host",
        "smithBackendUrl": "http://127.0.0.1:1234",
        "langsmithWorkspaceId": "5e7f0000-0000-4000-8000-000000000001",
        "langgraphListenerId": "1157e000-0000-4000-8000-000000000002",
        "watchNamespaces": "agents, team-b",
    },
    "ingress": {"hostname": "localhost:34567", "tlsEnabled": False},
    "redis": {"external": {"enabled": True, "existingSecretName": "queue", "connectionUrlSecretKey": "url"}},
    "listener": {"deployment": {"autoRestart": False}},
    "operator": {"deployment": {"autoRestart": False}},
}


def with_values(path: str, value: Any) -> dict[str, Any]:
    """`VALUES` with one more key, named by its dotted path."""
    keys = path.split(".")

    def put(tree: dict[str, Any], remaining: list[str]) -> dict[str, Any]:
        key, *rest = remaining
        return {**tree, key: put(tree.get(key, {}), rest) if rest else value}

    return put(VALUES, keys)


def test_listener_gets_exactly_the_documented_environment(render: Render) -> None:
    environment = render(CHART, VALUES).environment(LISTENER)
    assert environment == {
        "HOST_WORKER_LANGSMITH_API_KEY": {"secretKeyRef": {"name": "langsmith-api-key", "key": "langsmith_api_key"}},
        "HOST_WORKER_TENANT_ID": "5e7f0000-0000-4000-8000-000000000001",
        "HOST_WORKER_LISTENER_ID": "1157e000-0000-4000-8000-000000000002",
        "HOST_BACKEND_ENDPOINT": "http://127.0.0.1:1234/api-host",
        "HOST_LANGCHAIN_API_ENDPOINT": "http://127.0.0.1:1234",
        "HOST_QUEUE": "host",
        "HOST_WORKER_RECONCILIATION_CRON_ENABLED": "true",
        "HOST_WORKER_EXTERNAL_ENABLED": "true",
        "REDIS_DATABASE_URI": {"secretKeyRef": {"name": "queue", "key": "url"}},
        "HOSTED_K8S_SHARED_INGRESS": "true",
        "HOSTED_K8S_BASE_PATH": "",
        "HOSTED_K8S_CLUSTER_DOMAIN": "cluster.local",
        "HOSTED_K8S_ROOT_DOMAIN": "localhost:34567",
        "HOSTED_K8S_TLS_ENABLED": "false",
        "ENABLE_LGP_DEPLOYMENT_HEALTH_CHECK": "true",
        "LANGGRAPH_CLOUD_INGRESS_ENABLED": "true",
        "LANGCHAIN_ENV": "local_kubernetes",
        "PORT": "8080",
        "WATCH_NAMESPACES": "agents,team-b",
    }, "the listener is configured by its environment alone"


def test_no_listener_id_means_no_variable_rather_than_an_empty_one(render: Render) -> None:
    rendered = render(CHART, with_values("config.langgraphListenerId", ""))
    assert "HOST_WORKER_LISTENER_ID" not in rendered.environment(LISTENER), "as the real chart leaves it out"


def test_operator_is_told_which_ingress_is_shared_and_what_to_watch(render: Render) -> None:
    environment = render(CHART, VALUES).environment(OPERATOR)
    expected = {
        "WATCH_NAMESPACES": "agents,team-b",
        "LGP_INGRESS_NAME": "data-plane-langgraph-dataplane-ingress",
        "LGP_INGRESS_NAMESPACE": "platform",
        "HOSTED_K8S_ROOT_DOMAIN": "localhost:34567",
    }
    assert environment.items() >= expected.items(), "the operator writes the agents' routes there"


def test_shared_ingress_names_the_host_without_its_port(render: Render) -> None:
    ingress = render(CHART, VALUES).one("Ingress", "data-plane-langgraph-dataplane-ingress")
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == "localhost", "the Kubernetes API refuses a port in a rule's host"
    assert ingress["metadata"]["annotations"]["lgp-operator.io/shared-ingress"] == "true"
    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == OPERATOR


@pytest.mark.parametrize("account", [LISTENER, OPERATOR])
def test_roles_and_bindings_exist_in_each_watched_namespace(render: Render, account: str) -> None:
    rendered = render(CHART, VALUES)
    for namespace in ("agents", "team-b"):
        rendered.one("Role", account, namespace)
        binding = rendered.one("RoleBinding", account, namespace)
        assert binding["subjects"] == [{"kind": "ServiceAccount", "name": account, "namespace": "platform"}]
    assert not rendered.all("ClusterRole"), "nothing beyond the watched namespaces may be allowed"


def test_watching_nothing_in_particular_means_release_namespace_and_whole_cluster(render: Render) -> None:
    rendered = render(CHART, with_values("config.watchNamespaces", ""))
    assert rendered.one("Role", LISTENER)["metadata"]["namespace"] == "platform", "the listener stays at home"
    assert rendered.one("ClusterRole", OPERATOR), "the operator is cluster-wide"
    assert rendered.environment(OPERATOR)["WATCH_NAMESPACES"] == ""


def test_crd_outlives_its_release_and_can_be_left_to_another(render: Render) -> None:
    crd = render(CHART, VALUES).one("CustomResourceDefinition", "lgps.apps.langchain.ai")
    assert crd["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert crd["spec"]["versions"][0]["subresources"] == {"status": {}}
    without = render(CHART, with_values("operator.createCRDs", False))
    assert not without.all("CustomResourceDefinition")


def test_chart_makes_secrets_only_where_none_is_named(render: Render) -> None:
    assert not render(CHART, VALUES).all("Secret"), "both Secrets exist already"
    own = render(CHART, {**VALUES, "config": {"langsmithApiKey": "lsv2"}, "redis": {}})
    assert set(own.one("Secret", "data-plane-langgraph-dataplane-secrets")["data"]) == {"langsmith_api_key"}
    assert set(own.one("Secret", "data-plane-langgraph-dataplane-redis")["data"]) == {"connection_url"}
    own.one("StatefulSet", "data-plane-langgraph-dataplane-redis")


@pytest.mark.parametrize("component", ["listener", "operator"])
def test_every_render_differs_while_auto_restart_is_on(render: Render, component: str) -> None:
    name = f"data-plane-langgraph-dataplane-{component}"
    restarting = with_values(f"{component}.deployment.autoRestart", True)
    first, second = (
        render(CHART, restarting, again=True).one("Deployment", name)["spec"]["template"]["metadata"]["annotations"][
            "rollme"
        ]
        for _ in range(2)
    )
    assert first != second, "this is the trap that autoRestart: false avoids"
    quiet = render(CHART, VALUES).one("Deployment", name)["spec"]["template"]["metadata"]
    assert "rollme" not in (quiet.get("annotations") or {})


def test_components_ask_for_what_the_real_chart_asks_for(render: Render) -> None:
    for name in (LISTENER, OPERATOR):
        (container,) = render(CHART, VALUES).one("Deployment", name)["spec"]["template"]["spec"]["containers"]
        assert container["resources"]["requests"] == {"cpu": "1000m", "memory": "2Gi"}


def test_registry_goes_in_front_of_every_image(render: Render) -> None:
    rendered = render(CHART, with_values("images.registry", "mirror.example.com"))
    (container,) = rendered.one("Deployment", LISTENER)["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "mirror.example.com/docker.io/langchain/langsmith-backend:0.16.36"


def test_values_copied_into_pods_reach_them(render: Render) -> None:
    tolerations = [{"key": "dedicated", "operator": "Exists"}]
    rendered = render(CHART, with_values("listener.deployment.tolerations", tolerations))
    assert rendered.one("Deployment", LISTENER)["spec"]["template"]["spec"]["tolerations"] == tolerations


REFUSED = {
    "ingress and gateway at once": ("gateway.enabled", True, "Only one of ingress, gateway, or istioGateway can be"),
    "ingress and istio at once": ("istioGateway.enabled", True, "Only one of ingress, gateway, or istioGateway can be"),
    "no way in at all": ("ingress.enabled", False, "Either ingress, gateway, or istioGateway must be enabled."),
    "the template key of 0.1": (
        "listener.templates",
        {"deployment": "x"},
        "Please move your values from .Values.listener.templates to .Values.operator.templates.",
    ),
    "a variable the chart sets": (
        "listener.deployment.extraEnv",
        [{"name": "HOST_QUEUE", "value": "mine"}],
        "Duplicate keys detected: [HOST_QUEUE]",
    ),
    "a common variable the chart sets": (
        "commonEnv",
        [{"name": "PORT", "value": "1"}],
        "Duplicate keys detected: [PORT]",
    ),
    "a mistyped key": ("config.langgraphListenerID", "x", "additional properties 'langgraphListenerID' not allowed"),
    "a mistyped component": ("listner", {}, "additional properties 'listner' not allowed"),
    "a key deep down": ("operator.deployment.autorestart", False, "additional properties 'autorestart' not allowed"),
    "a list for a comma list": ("config.watchNamespaces", ["agents"], "got array, want string"),
    "a string for a switch": ("operator.createCRDs", "false", "got string, want boolean"),
    "a number for a variable": ("commonEnv", [{"name": "A", "value": 1}], "got number, want string"),
    "templates the operator would ignore": ("operator.templates.deployment", "kind: Deployment", "value must be ''"),
    "scaling the sandbox cannot do": ("listener.autoscaling.enabled", True, "value must be false"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_values_the_chart_cannot_honour_fail_the_render(render: Render, case: str) -> None:
    path, value, message = REFUSED[case]
    assert message in render(CHART, with_values(path, value)).refusal, f"{case} must be refused, saying why"


@pytest.mark.parametrize("way", ["gateway", "istioGateway"])
def test_another_way_in_replaces_the_ingress(render: Render, way: str) -> None:
    values = {**VALUES, "ingress": {"enabled": False}, way: {"enabled": True, "hostname": "agents.example.com"}}
    rendered = render(CHART, values)
    assert not rendered.all("Ingress")
    assert rendered.environment(LISTENER)["HOSTED_K8S_ROOT_DOMAIN"] == "agents.example.com"
    assert "LGP_INGRESS_NAME" not in rendered.environment(OPERATOR)


def test_the_operator_is_told_the_gateway_and_may_write_routes(render: Render) -> None:
    gateway = {"enabled": True, "name": "agents", "namespace": "entrance"}
    rendered = render(CHART, {**VALUES, "ingress": {"enabled": False, "tlsEnabled": False}, "gateway": gateway})
    environment = rendered.environment(OPERATOR)
    assert (environment["LGP_GATEWAY_NAME"], environment["LGP_GATEWAY_NAMESPACE"]) == ("agents", "entrance")
    assert environment["HOSTED_K8S_TLS_ENABLED"] == "false", "the scheme of URLs is a value of the Ingress in any case"
    granted = {resource for role in rendered.all("Role") for rule in role["rules"] for resource in rule["resources"]}
    assert "httproutes" in granted
