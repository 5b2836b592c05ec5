"""The agents' load balancer by Gateway API: one Gateway, to which agents of several namespaces attach their routes."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from langsmith_hybrid import load_balancer
from langsmith_hybrid.component import after
from langsmith_hybrid.load_balancer import Exposed, LoadBalancerArgs

_API = "gateway.networking.k8s.io"
_GATEWAY_VERSION = f"{_API}/v1"
_CONTROLLER_VERSION = f"{load_balancer.CONTROLLER_GROUP}/v1"
_CLASS = "aws-alb"
_CONTROLLER = "gateway.k8s.aws/alb"
# The engine goes on once the load balancer serves; its address is in the Gateway's status then.
_WAIT = {"pulumi.com/waitFor": "condition=Programmed"}
_PLAIN, _SECURE = "http", "https"


class _Gateway(pulumi.CustomResource):
    """A Gateway with its status, which a generic custom resource does not give back."""

    def __init__(self, name: str, metadata: Any, spec: Any, opts: pulumi.ResourceOptions) -> None:
        properties = {
            "apiVersion": _GATEWAY_VERSION,
            "kind": "Gateway",
            "metadata": metadata,
            "spec": spec,
            "status": None,
        }
        super().__init__(f"kubernetes:{_GATEWAY_VERSION}:Gateway", name, properties, opts)

    @property
    @pulumi.getter
    def status(self) -> pulumi.Output[Any]:
        return pulumi.get(self, "status")


def alb_gateway(name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions) -> Exposed:
    """A Gateway whose load balancer serves, in front of routes from the agents' namespaces."""
    # Named after the scheme: another scheme is another Gateway, which stands before the old one goes.
    title = f"agents-{args.scheme}"
    metadata = {"name": title, "namespace": args.home}
    gateway_class = _custom(
        "GatewayClass", _GATEWAY_VERSION, f"{name}-class", {"name": _CLASS}, {"controllerName": _CONTROLLER}, opts
    )
    settings = _configuration(name, args, metadata, opts)
    spec = {"gatewayClassName": _CLASS, "infrastructure": _refer_to(title), "listeners": _listeners(args)}
    gateway = _Gateway(name, {**metadata, "annotations": _WAIT}, spec, after(opts, gateway_class, settings))
    if args.redirect:
        _custom("HTTPRoute", _GATEWAY_VERSION, f"{name}-redirect", metadata, _redirect(title), after(opts, gateway))
    chart = {"enabled": True, "name": title, "namespace": args.home, "hostname": args.hostname or ""}
    # The scheme of agents' URLs is a value of the Ingress even where there is none.
    ingress = {"enabled": False, "tlsEnabled": args.certificate_arn is not None}
    return Exposed(
        address=gateway.status.apply(lambda status: status["addresses"][0]["value"]),
        chart_values={"gateway": chart, "ingress": ingress},
    )


def _configuration(
    name: str, args: LoadBalancerArgs, metadata: dict[str, Any], opts: pulumi.ResourceOptions
) -> kubernetes.apiextensions.CustomResource:
    """What the controller is told of the load balancer and its targets, beyond what Gateway API has words for."""
    targets = _custom("TargetGroupConfiguration", _CONTROLLER_VERSION, f"{name}-targets", metadata, _targets(), opts)
    settings = _settings(args, targets=metadata["name"])
    return _custom(
        "LoadBalancerConfiguration",
        _CONTROLLER_VERSION,
        f"{name}-settings",
        metadata,
        settings,
        after(opts, targets),
    )


def _refer_to(settings: str) -> dict[str, Any]:
    kind = "LoadBalancerConfiguration"
    return {"parametersRef": {"group": load_balancer.CONTROLLER_GROUP, "kind": kind, "name": settings}}


def _listeners(args: LoadBalancerArgs) -> list[dict[str, Any]]:
    """The Gateway's listeners: 443 with a certificate, and then 80 only to redirect; else 80."""
    agents = {"from": "Selector", "selector": {"matchExpressions": [_any_of(args)]}}
    # Agents' routes name no listener: the one on 80 takes only the redirect, which lives beside the Gateway.
    plain = {"name": _PLAIN, "protocol": "HTTP", "port": load_balancer.HTTP}
    if args.certificate_arn is None:
        return [_for_host(args, plain, agents)]
    secure = {"name": _SECURE, "protocol": "HTTPS", "port": load_balancer.HTTPS}
    redirecting = [_for_host(args, plain, {"from": "Same"})] if args.redirect else []
    return [_for_host(args, secure, agents), *redirecting]


def _any_of(args: LoadBalancerArgs) -> dict[str, Any]:
    return {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(args.namespaces)}


def _for_host(args: LoadBalancerArgs, listener: dict[str, Any], namespaces: dict[str, Any]) -> dict[str, Any]:
    # A listener's hostname has no port, which a sandbox's has.
    host = {"hostname": args.hostname.partition(":")[0]} if args.hostname else {}
    return {**listener, **host, "allowedRoutes": {"namespaces": namespaces}}


def _targets() -> dict[str, Any]:
    check = {"healthCheckPath": load_balancer.HEALTH_PATH, "matcher": {"httpCode": load_balancer.HEALTHY_CODES}}
    return {"defaultConfiguration": {"targetType": "ip", "healthCheckConfig": check}}


def _settings(args: LoadBalancerArgs, targets: str) -> dict[str, Any]:
    secure = {"protocolPort": f"HTTPS:{load_balancer.HTTPS}", "sslPolicy": load_balancer.SSL_POLICY}
    listening = [] if args.certificate_arn is None else [{**secure, "defaultCertificate": args.certificate_arn}]
    return {
        "scheme": args.scheme,
        "securityGroups": [args.security_group_id],
        "loadBalancerAttributes": load_balancer.attributes(),
        "listenerConfigurations": listening,
        "defaultTargetGroupConfiguration": {"name": targets},
    }


def _redirect(gateway: str) -> dict[str, Any]:
    to_https = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    return {"parentRefs": [{"name": gateway, "sectionName": _PLAIN}], "rules": [{"filters": [to_https]}]}


def _custom(
    kind: str, version: str, name: str, metadata: Any, spec: Any, opts: pulumi.ResourceOptions
) -> kubernetes.apiextensions.CustomResource:
    return kubernetes.apiextensions.CustomResource(
        name, api_version=version, kind=kind, metadata=metadata, spec=spec, opts=opts
    )
