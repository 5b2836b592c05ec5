"""Can the cluster's nodes run the image's platform? Asked of kubectl, and only for a context that is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from langsmith_client.errors import ClientError

if TYPE_CHECKING:
    from langsmith_client.doctor.examiner import Examiner
    from langsmith_client.processes import Runner

_TIMEOUT = 30.0  # seconds


def examine(examiner: Examiner, context: str, platform: str, run: Runner) -> None:
    """Compare the nodes' architectures with `platform`, such as `linux/arm64`."""
    found = examiner.attempt("nodes", lambda: _platforms(context, run))
    if found is None:
        return
    if not found:
        examiner.warn("nodes", f"{context} has none", "Wait for its node group, or look why it is empty.")
    elif platform in found:
        examiner.ok("nodes", f"{', '.join(sorted(found))} in {context}")
    else:
        examiner.fail(
            "nodes",
            f"{context} has {', '.join(sorted(found))}, and the image is for {platform}",
            "Build for the nodes with --platform.",
        )


def _platforms(context: str, run: Runner) -> set[str]:
    argv = ["kubectl", "--context", context, "get", "nodes", "--output", "json"]
    try:
        done = run(argv, timeout=_TIMEOUT)
    except FileNotFoundError:
        raise ClientError("kubectl is not on PATH.", "Install it, or leave --kube-context out.") from None
    except TimeoutError:
        raise ClientError(f"{context} did not answer within {_TIMEOUT:.0f} s.", "Look at the network.") from None
    if done.exit_code != 0:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1][:200]
        raise ClientError(
            f"kubectl cannot list the nodes of {context}: {said}.", "Correct --kube-context or its login."
        )
    try:
        nodes = [node["status"]["nodeInfo"] for node in json.loads(done.stdout)["items"]]
        return {f"{node['operatingSystem']}/{node['architecture']}" for node in nodes}
    except (ValueError, LookupError, TypeError):
        raise ClientError(f"kubectl's answer about {context} cannot be read.", "Update kubectl.") from None
