"""Which instance types are Graviton, by the shape of their names."""

from __future__ import annotations

import pytest

from langsmith_hybrid.nodes import architecture


@pytest.mark.parametrize(
    "instance_type", ["a1.xlarge", "t4g.medium", "m7g.xlarge", "m6gd.large", "c7gn.large", "r8g.large", "im4gn.large"]
)
def test_graviton_types_are_arm64(instance_type: str) -> None:
    assert architecture(instance_type) == "arm64"


@pytest.mark.parametrize(
    "instance_type", ["m6i.xlarge", "m7a.large", "c6in.large", "g4dn.xlarge", "g5.xlarge", "p4d.24xlarge", "t3.medium"]
)
def test_others_are_not_even_with_a_g_in_their_names(instance_type: str) -> None:
    assert architecture(instance_type) == "x86_64", "an arm64 image would not start on it"
