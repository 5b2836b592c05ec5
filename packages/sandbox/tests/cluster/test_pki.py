from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from langsmith_sandbox.cluster.pki import create_authority, issue, write_pair

if TYPE_CHECKING:
    from pathlib import Path


def test_a_server_certificate_is_trusted_for_its_names_and_no_others():
    authority = create_authority("test")
    served = issue(authority, "kubelet", serves=("127.0.0.1", "localhost")).certificate
    policy = PolicyBuilder().store(Store([authority.certificate]))
    assert policy.build_server_verifier(x509.DNSName("localhost")).verify(served, [])
    with pytest.raises(VerificationError):
        policy.build_server_verifier(x509.DNSName("example.com")).verify(served, [])


def test_a_certificate_of_another_authority_is_not_trusted():
    ours, other = create_authority("ours"), create_authority("other")
    certificate = issue(other, "someone").certificate
    with pytest.raises((InvalidSignature, ValueError)):
        certificate.verify_directly_issued_by(ours.certificate)


def test_a_client_certificate_names_user_and_groups_and_cannot_serve():
    certificate = issue(create_authority("test"), "admin", organizations=["system:masters"]).certificate
    assert certificate.subject.rfc4514_string() == "CN=admin,O=system:masters", "Kubernetes reads user and groups here"
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.CLIENT_AUTH], "a stolen client key must not impersonate a server"


def test_private_keys_are_readable_by_their_owner_only(tmp_path: Path):
    write_pair(tmp_path, "ca", create_authority("test"))
    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600
