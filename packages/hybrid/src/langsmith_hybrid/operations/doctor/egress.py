"""What must be reached over the network, tried from here: the cluster's own way out is another."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from langsmith_hybrid.operations.doctor.checks import Check
from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok, warn
from langsmith_hybrid.operations.doctor.subject import Subject

Fetch = Callable[[str], int]
"""Asks for a URL and returns the status of the answer; raises OSError where there is none."""

_TIMEOUT = 10.0  # seconds
_OK = 200
_FROM_HERE = "from here; the cluster must reach it as well"


def status_of(url: str) -> int:
    """The status a URL is answered with; its body, which can be large, is left alone.

    Raises:
        OSError: Nothing answers.
    """
    try:
        # The rules of the configuration allow no address but http and https.
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except http.client.HTTPException as error:
        raise OSError(type(error).__name__) from None


def checks(subject: Subject, fetch: Fetch) -> list[Check]:
    """A check for every address the configuration names, besides the control plane, which is asked for more."""
    values = subject.values
    charts = {
        "chart-dataplane": "dataplane_chart_repository",
        "chart-keda": "keda_chart_repository",
        "chart-autoscaler": "autoscaler_chart_repository",
        "chart-load-balancer": "load_balancer_controller_chart_repository",
    }
    found = [_file(check, f"{values[field].rstrip('/')}/index.yaml", field, fetch)
             for check, field in charts.items() if field in values]  # fmt: skip
    if values.get("agents_routing") == "gateway" and "gateway_api_manifest" in values:
        found.append(_file("gateway-api", values["gateway_api_manifest"], "gateway_api_manifest", fetch))
    if subject.has("langsmith_region", "langsmith_host_url", "langsmith_endpoint"):
        found.append(Check("langsmith-api", lambda: _api(_endpoint(values), fetch)))
    return found


def _file(check: str, url: str, field: str, fetch: Fetch) -> Check:
    """A file that pulumi itself reads, on this machine."""
    from langsmith_hybrid.config_values import stack_key

    def look() -> Iterator[Finding]:
        remedy = f"Open the way to it, or set {stack_key(field)} to a copy that you host."
        try:
            status = fetch(url)
        except OSError as error:
            yield fail(check, f"{url} does not answer ({_reason(error)}).", remedy)
            return
        if status == _OK:
            yield ok(check, f"{url} answers.")
        else:
            yield fail(check, f"{url} answers with {status}.", remedy)

    return Check(check, look)


def _api(url: str, fetch: Fetch) -> Iterator[Finding]:
    """LangSmith's API, which only the cluster calls: any answer says that it is there."""
    try:
        fetch(url)
    except OSError as error:
        what = f"{url} does not answer here ({_reason(error)}); the cluster must reach it."
        yield warn(
            "langsmith-api", what, "Make sure that the cluster's way out leads there; correct langsmithEndpoint."
        )
    else:
        yield ok("langsmith-api", f"{url} answers, {_FROM_HERE}.")


def _endpoint(values: Any) -> str:
    from langsmith_hybrid.langsmith_regions import REGIONS

    return values["langsmith_endpoint"] or REGIONS[values["langsmith_region"]].api


def _reason(error: OSError) -> str:
    reason = getattr(error, "reason", error)
    return getattr(reason, "strerror", None) or str(reason).partition("\n")[0] or type(reason).__name__
