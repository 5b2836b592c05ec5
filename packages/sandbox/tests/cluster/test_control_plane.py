from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.cluster import control_plane, identities
from langsmith_sandbox.cluster.errors import ClusterNotPreparedError

if TYPE_CHECKING:
    from langsmith_sandbox.part import Part


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("clusters") / "demo"
    control_plane.prepare(directory, name="demo")
    return directory


@pytest.fixture
def parts(cluster: Path) -> dict[str, Part]:
    made = control_plane.parts(
        cluster,
        name="demo",
        kubernetes=Path("/opt/kubernetes"),
        aws_url="http://127.0.0.1:4566",
        ingress_port=8080,
        images_dir=cluster / "images",
        registry="127.0.0.1:5000",
    )
    return {part.name: part for part in made}


def test_preparing_again_keeps_endpoint_and_authority_so_that_kubeconfigs_stay_valid(cluster: Path):
    before = (control_plane.endpoint(cluster), control_plane.certificate_authority(cluster))
    control_plane.prepare(cluster, name="demo")
    assert (control_plane.endpoint(cluster), control_plane.certificate_authority(cluster)) == before


def test_the_authority_is_base64_of_pem_as_eks_describes_it(cluster: Path):
    decoded = base64.b64decode(control_plane.certificate_authority(cluster))
    assert decoded.startswith(b"-----BEGIN CERTIFICATE-----")


def test_a_folder_that_was_not_prepared_is_named_in_the_error(tmp_path: Path):
    with pytest.raises(ClusterNotPreparedError, match=str(tmp_path)):
        control_plane.endpoint(tmp_path)
    with pytest.raises(ClusterNotPreparedError):
        control_plane.certificate_authority(tmp_path)


def test_a_crash_while_identities_were_made_leaves_nothing_that_counts(tmp_path: Path):
    (tmp_path / "identities.4711").mkdir()
    control_plane.prepare(tmp_path, name="demo")
    assert (identities.folder(tmp_path) / "ca.crt").is_file(), "a half-made folder of another process is not adopted"


def test_every_file_with_a_secret_is_its_owners_alone(cluster: Path):
    keys = identities.folder(cluster)
    secret = [*keys.glob("*.key"), *keys.glob("*.kubeconfig"), keys / "encryption.json"]
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in secret} == {
        path.name: "0o600" for path in secret
    }
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700


def test_secrets_are_encrypted_first_and_only_read_in_plain(cluster: Path):
    document = json.loads((identities.folder(cluster) / "encryption.json").read_text())
    (rule,) = document["resources"]
    assert rule["resources"] == ["secrets"]
    assert [next(iter(provider)) for provider in rule["providers"]] == ["secretbox", "identity"]
    assert len(base64.b64decode(rule["providers"][0]["secretbox"]["keys"][0]["secret"])) == 32


def test_parts_start_in_the_order_they_need_each_other(parts: dict[str, Part]):
    assert list(parts) == [
        "demo/etcd",
        "demo/authenticator",
        "demo/kube-apiserver",
        "demo/kube-controller-manager",
        "demo/node",
    ]


def test_no_key_or_token_is_visible_in_an_argument(parts: dict[str, Part], cluster: Path):
    arguments = " ".join(word for part in parts.values() for word in part.argv)
    encryption = json.loads((identities.folder(cluster) / "encryption.json").read_text())
    assert encryption["resources"][0]["providers"][0]["secretbox"]["keys"][0]["secret"] not in arguments
    assert "BEGIN" not in arguments


def test_nothing_listens_on_other_than_loopback(parts: dict[str, Part]):
    server = parts["demo/kube-apiserver"].argv
    assert "--bind-address=127.0.0.1" in server
    listening = [word for word in parts["demo/etcd"].argv if word.startswith("--listen-")]
    assert len(listening) == 2
    assert all(word.partition("=")[2].startswith("https://127.0.0.1:") for word in listening)


def test_the_store_takes_only_the_api_servers_certificate(parts: dict[str, Part]):
    etcd = parts["demo/etcd"].argv
    assert "--client-cert-auth=true" in etcd
    trusted = next(word for word in etcd if word.startswith("--trusted-ca-file="))
    assert trusted.endswith("etcd-ca.crt"), "the cluster's authority must not open the store behind it"


def test_the_ports_of_one_cluster_all_differ(cluster: Path):
    ports = json.loads((cluster / "ports.json").read_text())
    assert len(set(ports.values())) == len(ports) == 5
