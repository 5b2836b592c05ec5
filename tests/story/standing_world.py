"""What the chapters of the end-to-end story ask of the world they share."""

from __future__ import annotations

import functools
import json
import urllib.request
from typing import Any

from workspace import Workspace


def up(workspace: Workspace, *options: str) -> dict[str, Any]:
    """Everything up: what ``langsmith-sandbox up`` says of it."""
    return json.loads(workspace.run("langsmith-sandbox", "up", *options, "--json").stdout)


def control_plane(workspace: Workspace, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the control plane behind the program's back."""
    request = urllib.request.Request(
        workspace.url("control-plane") + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "X-Api-Key": workspace.credentials["api_key"],
            "X-Tenant-Id": workspace.credentials["workspace_id"],
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or "null")


def deployments(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """All deployments by name."""
    listed = control_plane(workspace, "GET", "/v2/deployments?limit=100")["resources"]
    return {deployment["name"]: deployment for deployment in listed}


def revisions(workspace: Workspace, name: str = "hello-world-graph") -> list[dict[str, Any]]:
    """A deployment's revisions, newest first."""
    deployment = deployments(workspace)[name]
    return control_plane(workspace, "GET", f"/v2/deployments/{deployment['id']}/revisions")["resources"]


def listeners(workspace: Workspace) -> list[dict[str, Any]]:
    return control_plane(workspace, "GET", "/v2/listeners")["resources"]


def forget_requests(workspace: Workspace, part: str) -> None:
    request = urllib.request.Request(workspace.url(part) + "/_sandbox/requests", method="DELETE")
    urllib.request.urlopen(request, timeout=10).close()


def requests_seen(workspace: Workspace, part: str) -> list[dict[str, Any]]:
    """Requests since they were forgotten; those of programs in the cluster, which never stop asking, aside."""
    with urllib.request.urlopen(workspace.url(part) + "/_sandbox/requests", timeout=10) as answer:
        seen = json.loads(answer.read())["requests"]
    return [
        request
        for request in seen
        if not request.get("path", "").startswith("/internal/") and request.get("service") != "autoscaling"
    ]


def account_holds(workspace: Workspace, kind: str) -> list[str]:
    """Names of what there is of a kind in the emulated account, such as ``elasticloadbalancing:loadbalancer``."""
    with urllib.request.urlopen(workspace.url("aws") + "/_sandbox/leftovers", timeout=10) as answer:
        return [each["id"] for each in json.loads(answer.read())["resources"] if each["type"] == kind]


def outputs(workspace: Workspace) -> dict[str, Any]:
    state = workspace.sandbox / "pulumi" / "state" / ".pulumi" / "stacks" / "langsmith-hybrid" / "sandbox.json"
    return json.loads(_outputs(workspace, state.stat().st_mtime_ns))


@functools.cache
def _outputs(workspace: Workspace, _written: int) -> str:
    return workspace.in_sandbox("pulumi stack output --json", cwd=workspace.hosting).stdout


def deploy(workspace: Workspace) -> dict[str, Any]:
    """Deploy the agent where the stack says: the client's result."""
    stack, name = outputs(workspace), "hello-world-graph"
    references = (
        f"--secret-ref {each['name']}={each['secretName']}:{each['secretKey']}"
        for each in stack["agentSecretReferences"][name]
    )
    done = workspace.in_sandbox(
        f"langsmith-client deploy {workspace.agent} --json --push-to {stack['repositories'][name]}"
        f" --listener-id {stack['listenerId']} --k8s-namespace {stack['namespaces'][0]} {' '.join(references)}"
    )
    return json.loads(done.stdout.splitlines()[-1])


def layers(workspace: Workspace, digest: str) -> list[str]:
    """Digests of an image's layers, the source layer last."""
    repository = outputs(workspace)["repositories"]["hello-world-graph"].partition("/")[2]
    return [layer["digest"] for layer in pushed(workspace, f"{repository}/manifests/{digest}")["layers"]]


def image_config(workspace: Workspace, image: str) -> dict[str, Any]:
    """What an image, given by its digest in the stack's registry, says about the container to be made of it."""
    repository, digest = image.partition("/")[2].split("@")
    manifest = pushed(workspace, f"{repository}/manifests/{digest}")
    for entry in manifest.get("manifests", ()):  # an index: docker attests what it built, beside the image
        if entry["platform"]["architecture"] == "amd64":
            manifest = pushed(workspace, f"{repository}/manifests/{entry['digest']}")
    return pushed(workspace, f"{repository}/blobs/{manifest['config']['digest']}")["config"]


def pushed(workspace: Workspace, path: str) -> dict[str, Any]:
    """What the registry answers to whoever has logged in."""
    kinds = ("manifest", "index")
    request = urllib.request.Request(
        f"{workspace.url('registry')}/v2/{path}",
        headers={
            "Accept": ", ".join(f"application/vnd.oci.image.{kind}.v1+json" for kind in kinds),
            "Authorization": f"Basic {_login(workspace, workspace.world()['pid'])}",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


@functools.cache
def _login(workspace: Workspace, _supervisor: int) -> str:
    token = workspace.in_sandbox("aws ecr get-authorization-token --query authorizationData[0].authorizationToken")
    return json.loads(token.stdout)
