"""The real engine with the stand-in plugins: preview, up, nothing to do, drift, destroy, on a small program."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.engine

PLUGINS = {
    "pulumi-language-python": "langsmith_sandbox.providers.language_python",
    "pulumi-resource-aws": "langsmith_sandbox.providers.aws",
}
PROGRAM = """
import json, pulumi, pulumi_aws as aws
provider = aws.Provider("aws", region="us-east-1", default_tags={"tags": {"stack": "dev"}})
opts = pulumi.ResourceOptions(provider=provider)
zones = aws.get_availability_zones(opts=pulumi.InvokeOptions(provider=provider)).names
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", opts=opts)
for index in range(2):
    block = f"10.0.{index}.0/24"
    aws.ec2.Subnet(f"zone-{index}", vpc_id=vpc.id, cidr_block=block, availability_zone=zones[index], opts=opts)
group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, opts=opts)
statement = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
owner = pulumi.Output.secret("canary-of-the-stack")
role = aws.iam.Role("role", assume_role_policy=trust, tags={"owner": owner}, opts=opts)
bucket = aws.s3.Bucket("bucket", opts=opts)
pulumi.export("vpc", vpc.id)
pulumi.export("bucket", bucket.bucket)
"""
RESOURCES = 6


@dataclasses.dataclass(frozen=True)
class Stack:
    """A Pulumi project in a folder of its own, with an engine that finds only the stand-in plugins."""

    pulumi: Path
    folder: Path

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Run the engine; return what it printed."""
        environment = {
            **os.environ,
            "AWS_REGION": "us-east-1",
            "NO_COLOR": "1",
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        command = [str(self.pulumi), *arguments, "--non-interactive", "--stack", "dev"]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def program(self, text: str) -> None:
        """Make ``text`` the project's program."""
        (self.folder / "__main__.py").write_text(text)

    def outputs(self) -> dict[str, Any]:
        return json.loads(self.run("stack", "output", "--json"))

    def state(self) -> str:
        """The state file as it lies on disk."""
        return "".join(path.read_text() for path in (self.folder / "state").rglob("*.json"))


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, find_tool: Callable[[str], Path], aws: Callable[[str], Any]
) -> Stack:
    """An empty stack, which each test leaves as empty; each writes its own program."""
    folder = tmp_path_factory.mktemp("trial")
    (folder / "bin").mkdir()
    (folder / "state").mkdir()
    for name, module in PLUGINS.items():
        launcher = folder / "bin" / name
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        launcher.chmod(0o755)
    pulumi = folder / "bin" / "pulumi"
    shutil.copy(find_tool("pulumi"), pulumi)
    (folder / "Pulumi.yaml").write_text("name: trial\nruntime: python\n")
    stack = Stack(pulumi, folder)
    # A passphrase would do as well, but of every run it costs two seconds of computing to derive the key from one.
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    stack.run("stack", "init", "--secrets-provider", f"awskms:///{key}?region=us-east-1")
    return stack


def test_a_program_is_previewed_made_left_alone_mended_and_destroyed(stack: Stack, aws: Callable[[str], Any]) -> None:
    stack.program(PROGRAM)
    assert f"{RESOURCES + 2} to create" in stack.run("preview"), "the resources, the stack and the provider"
    stack.run("up", "--yes", "--skip-preview")
    outputs = stack.outputs()
    vpc, bucket = outputs["vpc"], outputs["bucket"]
    assert aws("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"] == "10.0.0.0/16"
    assert "canary-of-the-stack" not in stack.state(), "a secret input must stay encrypted, in tagsAll as well"

    stack.run("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")

    aws("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "stack", "Value": "someone else's"}])
    aws("s3").delete_bucket(Bucket=bucket)
    assert "1 deleted" in stack.run("refresh", "--yes", "--skip-preview"), "the engine forgets the bucket that is gone"
    stack.run("up", "--yes", "--skip-preview")
    tags = aws("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]
    assert {"Key": "stack", "Value": "dev"} in tags

    stack.run("destroy", "--yes", "--skip-preview")
    assert not aws("ec2").describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Vpcs"]


def test_a_programs_exception_is_reported_once_with_its_own_lines(stack: Stack) -> None:
    stack.program("def fail():\n    raise ValueError('bad input')\n\nfail()\n")
    text = stack.run("preview", fails=True)
    assert "Program failed with an unhandled exception" in text
    report = text.partition("Diagnostics:")[2]
    assert report.count("ValueError: bad input") == 1
    assert "runpy" not in text


def test_a_mistyped_property_stops_the_preview_with_the_right_name(stack: Stack) -> None:
    program = (
        'import pulumi\nprovider = pulumi.ProviderResource("aws", "aws", {"region": "us-east-1"})\n'
        'pulumi.CustomResource("aws:ec2/vpc:Vpc", "main", {"cidrBlok": "10.0.0.0/16"},'
        " pulumi.ResourceOptions(provider=provider))\n"
    )
    stack.program(program)
    assert "did you mean 'cidrBlock'?" in stack.run("preview", fails=True)
