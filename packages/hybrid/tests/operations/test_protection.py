"""What `deletionProtection` holds, and the one update that lets go of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from operations.fakes import FakePulumi

from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.protection import protected, unprotecting

STACK_FILE = """\
encryptionsalt: v1:abc=:v1:def
config:
  langsmith-hybrid:environment: dev
  langsmith-hybrid:deletionProtection: "true"
  langsmith-hybrid:langsmithApiKey:
    secure: v1:ciphertext
"""


def test_only_what_refuses_to_be_destroyed_is_named() -> None:
    pulumi = FakePulumi()
    pulumi.hold("aws:eks/cluster:Cluster", "cluster", "agents-1", deletionProtection=True)
    pulumi.hold("aws:rds/instance:Instance", "postgres", "db-1", identifier="postgres-1", deletionProtection=True)
    pulumi.hold("aws:s3/bucket:Bucket", "artifacts", "acme-1", forceDestroy=False)
    pulumi.hold("aws:s3/bucket:Bucket", "logs", "acme-2", forceDestroy=True)
    pulumi.hold("aws:ecr/repository:Repository", "hello", "hello-1", forceDelete=False)
    pulumi.hold("aws:ec2/vpc:Vpc", "network", "vpc-1")
    assert protected(pulumi.stack(Path()).managed()) == (
        "the cluster agents-1",
        "the database postgres-1",
        "what is in the bucket acme-1",
        "the images in the repository hello-1",
    )


def test_the_file_for_the_update_protects_nothing_and_the_stacks_own_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(STACK_FILE)
    with unprotecting(FakePulumi().stack(tmp_path)) as copy:
        changed = yaml.safe_load(copy.read_text())
        assert copy.parent != tmp_path
    assert file.read_text() == STACK_FILE
    assert not copy.exists(), "nothing is left of it"
    expected = yaml.safe_load(STACK_FILE)
    expected["config"]["langsmith-hybrid:deletionProtection"] = "false"
    assert changed == expected, "secrets stay encrypted, by the same key"


@pytest.mark.parametrize("content", [None, "config:", "- a list", "{"])
def test_a_stack_file_that_cannot_be_read_says_what_to_do_instead(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "Pulumi.dev.yaml").write_text(content)
    with (
        pytest.raises(StackError, match=r"cannot be read\. Set deletionProtection to false"),
        unprotecting(FakePulumi().stack(tmp_path)),
    ):
        pass
