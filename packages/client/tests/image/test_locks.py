"""What a uv.lock means for an image."""

from __future__ import annotations

import pytest

from langsmith_client.image.locks import locked_versions

LOCK = """
version = 1
[[package]]
name = "humanize"
version = "4.1"
source = { registry = "https://index.example/simple" }
[[package]]
name = "numpy"
version = "2.2"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version >= '3.12'", "platform_machine == 'aarch64'"]
[[package]]
name = "numpy"
version = "2.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version < '3.12' and platform_machine != 'aarch64'"]
[[package]]
name = "greeter"
version = "1"
source = { virtual = "." }
"""


@pytest.mark.parametrize(
    ("platform", "python", "numpy"),
    [("linux/amd64", "3.11", "2.0"), ("linux/amd64", "3.12", "2.2"), ("linux/arm64", "3.11", "2.2")],
)
def test_a_lock_pins_what_it_settles_on_for_the_image_and_not_for_this_machine(make_agent, platform, python, numpy):
    packages = make_agent(files={"uv.lock": LOCK}).load().packages
    assert locked_versions(packages, platform, python) == ("humanize==4.1", f"numpy=={numpy}")
