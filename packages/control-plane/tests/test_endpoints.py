"""The region table of LangSmith and the addresses people confuse with it."""

from __future__ import annotations

import pytest

from langsmith_control_plane.endpoints import REGIONS, Endpoints, from_api_endpoint, of_region, resolve
from langsmith_control_plane.errors import EndpointError


def test_without_any_setting_the_us_control_plane_is_used() -> None:
    assert resolve(None, {}) == Endpoints("https://api.host.langchain.com", "https://smith.langchain.com"), (
        "the official CLI's default"
    )


@pytest.mark.parametrize("region", ["eu", "apac", "aws", "azure"])
def test_every_region_resolves_alike_from_both_variables(region: str) -> None:
    expected = Endpoints(f"https://{region}.api.host.langchain.com", f"https://{region}.smith.langchain.com")
    by_endpoint = resolve(None, {"LANGSMITH_ENDPOINT": f"https://{region}.api.smith.langchain.com"})
    by_host_url = resolve(None, {"LANGGRAPH_HOST_URL": f"https://{region}.api.host.langchain.com/"})
    assert by_endpoint == by_host_url == expected, "the same region must not depend on how it is named"


def test_an_argument_wins_over_both_variables_and_the_host_url_over_the_endpoint() -> None:
    environ = {"LANGGRAPH_HOST_URL": "https://one.example.com", "LANGSMITH_ENDPOINT": "https://two.example.com"}
    assert resolve("https://zero.example.com", environ).control_plane == "https://zero.example.com", "explicit wins"
    assert resolve(None, environ).control_plane == "https://one.example.com", "the official CLI's order"


@pytest.mark.parametrize("path", ["", "/", "/api", "/api/v1", "/api/v1/"])
def test_self_hosted_endpoint_leads_to_its_control_plane_path(path: str) -> None:
    found = resolve(None, {"LANGSMITH_ENDPOINT": f"https://langsmith.example.com{path}"})
    assert found == Endpoints("https://langsmith.example.com/api-host", "https://langsmith.example.com"), (
        "every spelling of a self-hosted API is the same installation"
    )


def test_local_control_plane_keeps_its_port_and_path() -> None:
    assert resolve("http://127.0.0.1:8123/api-host/", {}) == Endpoints(
        "http://127.0.0.1:8123/api-host", "http://127.0.0.1:8123"
    ), "the dashboard of a local control plane is the same server"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("https://eu.smith.langchain.com", "https://eu.api.host.langchain.com"),
        ("https://smith.langchain.com/o/abc", "https://api.host.langchain.com"),
        ("https://eu.api.smith.langchain.com", "https://eu.api.host.langchain.com"),
    ],
)
def test_dashboard_or_api_as_host_url_is_refused_naming_the_right_one(wrong: str, right: str) -> None:
    with pytest.raises(EndpointError, match=right.replace(".", r"\.")):
        resolve(wrong, {})


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("https://eu.smith.langchain.com", "https://eu.api.smith.langchain.com"),
        ("https://eu.api.host.langchain.com", "https://eu.api.smith.langchain.com"),
        ("https://docs.langchain.com", "https://api.smith.langchain.com"),
    ],
)
def test_wrong_langchain_endpoint_is_refused_instead_of_meaning_us(wrong: str, right: str) -> None:
    with pytest.raises(EndpointError, match=right.replace(".", r"\.")):
        resolve(None, {"LANGSMITH_ENDPOINT": wrong})


@pytest.mark.parametrize(
    "url", ["api.host.langchain.com", "ftp://host", "https://", "https://host?x=1", "http://h:port"]
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(EndpointError, match="Write it as https://host"):
        resolve(url, {})


@pytest.mark.parametrize(
    "url",
    [
        "https://me:hunter2@host.example.com",
        "https://host.example.com/?token=hunter2",
        "lsv2_pt_hunter2",
        "ftp://hunter2",
    ],
)
def test_what_may_hold_a_secret_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(EndpointError) as failure:
        resolve(url, {})
    assert "hunter2" not in str(failure.value), "the message would end up in a log"


def test_langsmith_is_never_spoken_to_unencrypted() -> None:
    with pytest.raises(EndpointError, match="unencrypted"):
        resolve("http://api.host.langchain.com", {})


def test_page_of_a_deployment_is_on_the_dashboard() -> None:
    page = resolve(None, {}).deployment_page("tenant", "deployment")
    assert page == "https://smith.langchain.com/o/tenant/host/deployments/deployment", "the link users click"


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_is_the_one_its_address_leads_to(region: str) -> None:
    found = of_region(region)
    assert resolve(found.control_plane, {}) == found


def test_an_unknown_region_is_refused_naming_the_known_ones() -> None:
    with pytest.raises(EndpointError, match="us, eu, apac, aws"):
        of_region("mars")


def test_the_setting_at_fault_is_named() -> None:
    with pytest.raises(EndpointError, match=r"^the profile eu is https://eu\.smith\.langchain\.com, which is not"):
        from_api_endpoint("https://eu.smith.langchain.com", "the profile eu")
