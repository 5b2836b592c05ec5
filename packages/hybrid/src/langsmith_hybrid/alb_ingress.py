"""The agents' load balancer by Ingress: an IngressClass of ours, whose Ingresses share one load balancer."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from langsmith_hybrid import load_balancer
from langsmith_hybrid.component import after
from langsmith_hybrid.load_balancer import Exposed, LoadBalancerArgs

_CONTROLLER = "ingress.k8s.aws/alb"
_PARAMETERS_GROUP = "elbv2.k8s.aws"
_ANNOTATION = "alb.ingress.kubernetes.io"
# The name of an action instead of a Service's, and the port that says so.
_NOT_FOUND = "not-found"
_ACTION_PORT = "use-annotation"


def alb_ingress(name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions) -> Exposed:
    """An Ingress of ours that answers 404, and has the load balancer made that the chart's Ingress then shares.

    The chart's own Ingress would not do: nothing says when its load balancer is there, and it goes with the release,
    while its load balancer may be on for longer than the controller.
    """
    # Named after the scheme: another scheme is another class, whose load balancer stands before the old one goes.
    title = f"agents-{args.scheme}"
    ingress_class = _class(name, args, title, opts)
    ingress = kubernetes.networking.v1.Ingress(
        name,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=title, namespace=args.home, annotations=_annotations(args)),
        spec=kubernetes.networking.v1.IngressSpecArgs(
            ingress_class_name=title,
            default_backend=kubernetes.networking.v1.IngressBackendArgs(
                service=kubernetes.networking.v1.IngressServiceBackendArgs(
                    name=_NOT_FOUND,
                    port=kubernetes.networking.v1.ServiceBackendPortArgs(name=_ACTION_PORT),
                )
            ),
        ),
        opts=after(opts, ingress_class),
    )
    return Exposed(
        address=ingress.status.apply(_address),
        chart_values={"ingress": _chart_values(args, title), "gateway": {"enabled": False}},
    )


def _class(
    name: str, args: LoadBalancerArgs, title: str, opts: pulumi.ResourceOptions
) -> kubernetes.networking.v1.IngressClass:
    """The class whose parameters put all its Ingresses behind one load balancer."""
    parameters = kubernetes.apiextensions.CustomResource(
        f"{name}-parameters",
        api_version=f"{_PARAMETERS_GROUP}/v1beta1",
        kind="IngressClassParams",
        metadata={"name": title},
        spec=_parameters(args, title),
        opts=opts,
    )
    return kubernetes.networking.v1.IngressClass(
        f"{name}-class",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=title),
        spec=kubernetes.networking.v1.IngressClassSpecArgs(
            controller=_CONTROLLER,
            parameters=kubernetes.networking.v1.IngressClassParametersReferenceArgs(
                api_group=_PARAMETERS_GROUP, kind="IngressClassParams", name=title
            ),
        ),
        opts=after(opts, parameters),
    )


def _address(status: kubernetes.networking.v1.outputs.IngressStatus | None) -> str:
    # The engine waits until it is there.
    published = status.load_balancer.ingress if status and status.load_balancer else None
    return (published[0].hostname if published else None) or ""


def _parameters(args: LoadBalancerArgs, group: str) -> dict[str, Any]:
    certified = {"certificateArn": [args.certificate_arn], "sslPolicy": load_balancer.SSL_POLICY}
    return {
        "scheme": args.scheme,
        "group": {"name": group},
        "targetType": "ip",
        "loadBalancerAttributes": load_balancer.attributes(),
        **(certified if args.certificate_arn is not None else {}),
    }


def _annotations(args: LoadBalancerArgs) -> dict[str, pulumi.Input[str]]:
    answer = {"contentType": "text/plain", "messageBody": "No agent is here.", "statusCode": "404"}
    action = {"type": "fixed-response", "fixedResponseConfig": answer}
    return {
        f"{_ANNOTATION}/security-groups": args.security_group_id,
        f"{_ANNOTATION}/actions.{_NOT_FOUND}": json.dumps(action),
        **_listening(args),
    }


def _listening(args: LoadBalancerArgs) -> dict[str, pulumi.Input[str]]:
    """Ports, which every Ingress of a load balancer states for its own rules."""
    if args.certificate_arn is None:
        return {f"{_ANNOTATION}/listen-ports": json.dumps([{"HTTP": load_balancer.HTTP}])}
    ports = [{"HTTP": load_balancer.HTTP}] if args.redirect else []
    redirect = {f"{_ANNOTATION}/ssl-redirect": str(load_balancer.HTTPS)} if args.redirect else {}
    return {f"{_ANNOTATION}/listen-ports": json.dumps([*ports, {"HTTPS": load_balancer.HTTPS}]), **redirect}


def _chart_values(args: LoadBalancerArgs, title: str) -> dict[str, Any]:
    return {
        "enabled": True,
        "hostname": args.hostname or "",
        "tlsEnabled": args.certificate_arn is not None,
        "ingressClassName": title,
        "annotations": {
            f"{_ANNOTATION}/healthcheck-path": load_balancer.HEALTH_PATH,
            f"{_ANNOTATION}/success-codes": load_balancer.HEALTHY_CODES,
            **_listening(args),
        },
    }
