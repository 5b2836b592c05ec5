"""What providers remember of the SDKs."""

from __future__ import annotations

from pathlib import Path

import pytest

from langsmith_sandbox.providers.sdk_memory import SdkMemory

TOKEN = "aws:ec2/vpc:Vpc"


def fail() -> str:
    raise AssertionError("the SDK was asked again")


def test_an_sdk_is_asked_once_and_never_by_the_next_process(tmp_path: Path) -> None:
    assert SdkMemory(tmp_path).recall(TOKEN, lambda: {"cidrBlock": "string"}) == {"cidrBlock": "string"}
    assert SdkMemory(tmp_path).recall(TOKEN, fail) == {"cidrBlock": "string"}


def test_what_an_sdk_lacks_is_asked_again(tmp_path: Path) -> None:
    def lacking() -> str:
        raise KeyError(TOKEN)

    for _ in range(2):
        with pytest.raises(KeyError):
            SdkMemory(tmp_path).recall(TOKEN, lacking)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\x80\x04", b"cnowhere\nNothing\n."])
def test_a_spoilt_file_is_read_off_the_sdk_again(tmp_path: Path, content: bytes) -> None:
    SdkMemory(tmp_path).recall(TOKEN, lambda: "right")
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert SdkMemory(tmp_path).recall(TOKEN, lambda: "right") == "right"
    assert SdkMemory(tmp_path).recall(TOKEN, fail) == "right", "and mended"


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder would have to be")
    assert SdkMemory(tmp_path / "taken").recall(TOKEN, lambda: "right") == "right"


def test_another_way_to_read_an_sdk_starts_anew() -> None:
    aws = SdkMemory.of("pulumi-aws", read_by="langsmith_sandbox.providers.aws")
    kubernetes = SdkMemory.of("pulumi-aws", read_by="langsmith_sandbox.providers.kubernetes")
    assert aws.folder != kubernetes.folder
