"""The repositories hold exactly what the sources say, byte for byte, and the real helm reads them over HTTP."""

from __future__ import annotations

import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from langsmith_sandbox import charts_server
from langsmith_sandbox.data_plane import chart_repository


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_publishing_writes_archives_and_an_index_per_repository(tmp_path: Path) -> None:
    chart_repository.publish(tmp_path)
    assert set(contents(tmp_path)) == {
        "autoscaler/cluster-autoscaler-9.59.0.tgz",
        "autoscaler/index.yaml",
        "eks/aws-load-balancer-controller-3.5.0.tgz",
        "eks/index.yaml",
        "gateway-api/v1.6.0/standard-install.yaml",
        "kedacore/index.yaml",
        "kedacore/keda-2.19.0.tgz",
        "langchain/index.yaml",
        "langchain/langgraph-dataplane-0.2.22.tgz",
    }
    (entry,) = yaml.safe_load((tmp_path / "langchain/index.yaml").read_bytes())["entries"]["langgraph-dataplane"]
    assert (entry["version"], entry["urls"]) == ("0.2.22", ["langgraph-dataplane-0.2.22.tgz"])


def test_publishing_twice_gives_the_same_bytes_and_touches_nothing(tmp_path: Path) -> None:
    chart_repository.publish(tmp_path / "a")
    chart_repository.publish(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b"), "a digest must not depend on the clock"
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*")}
    chart_repository.publish(tmp_path / "a")
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*")}


def test_a_changed_chart_changes_its_digest(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(chart_repository.SOURCES, sources)
    chart_repository.publish(tmp_path / "charts", sources=sources)
    before = (tmp_path / "charts/kedacore/index.yaml").read_bytes()
    (sources / "keda/values.yaml").write_text("clusterName: other\n")
    chart_repository.publish(tmp_path / "charts", sources=sources)
    assert (tmp_path / "charts/kedacore/index.yaml").read_bytes() != before


def test_a_folder_without_a_chart_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(chart_repository.ChartUnreadableError, match="is not a Helm chart"):
        chart_repository.package(tmp_path)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    chart_repository.publish(tmp_path / "charts")
    with charts_server.server(tmp_path / "charts") as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("repository", "chart", "version"),
    [("kedacore", "keda", "2.19.0"), ("langchain", "langgraph-dataplane", "0.2.22")],
)
def test_helm_pulls_the_pinned_chart(
    helm: Path, served: str, tmp_path: Path, repository: str, chart: str, version: str
) -> None:
    command = [str(helm), "show", "chart", chart, "--repo", f"{served}/{repository}", "--version", version]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=helm_homes(tmp_path))
    assert yaml.safe_load(answer.stdout)["version"] == version, answer.stderr


def test_helm_says_so_when_a_version_was_never_published(helm: Path, served: str, tmp_path: Path) -> None:
    command = [str(helm), "show", "chart", "keda", "--repo", f"{served}/kedacore", "--version", "9.9.9"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=helm_homes(tmp_path))
    assert "9.9.9" in answer.stderr
    assert answer.returncode != 0


@pytest.mark.parametrize("path", ["/", "/kedacore/", "/kedacore/.index.yaml.new", "/kedacore/none.tgz"])
def test_server_shows_neither_folders_nor_half_written_files(served: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(served + path, timeout=10)
    with refusal.value as error:
        assert error.code == 404


def helm_homes(folder: Path) -> dict[str, str]:
    return {f"HELM_{kind}_HOME": str(folder / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
