"""Which files stay out of an image."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from langsmith_client.ignore import IgnoreRules


def rules(tmp_path, text):
    (tmp_path / ".dockerignore").write_text(text, encoding="utf-8")
    return IgnoreRules.read(tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "deep/.env",
        ".env.production",
        "agent/__pycache__/a.pyc",
        "x.pyc",
        "langsmith.toml",
        ".venv/bin/python",
        ".git/HEAD",
        ".git",
        "src/greeter.egg-info/PKG-INFO",
    ],
)
def test_secrets_bytecode_and_repositories_never_enter(tmp_path, path):
    assert IgnoreRules.read(tmp_path).excludes(PurePosixPath(path))


def test_a_dockerignore_cannot_bring_an_env_file_back(tmp_path):
    assert rules(tmp_path, "!.env\n").excludes(PurePosixPath(".env")), "an image is no place for secrets"


def test_a_file_whose_name_only_resembles_a_forbidden_one_enters(tmp_path):
    found = IgnoreRules.read(tmp_path)
    assert not found.excludes(PurePosixPath("environment.py"))
    assert not found.excludes(PurePosixPath("agent/.envrc"))


@pytest.mark.parametrize(
    ("pattern", "path", "excluded"),
    [
        ("tests", "tests/test_a.py", True),
        ("tests/", "tests/test_a.py", True),
        ("tests", "agent/tests/test_a.py", False),  # patterns are anchored, unlike those of git
        ("**/tests", "agent/tests/test_a.py", True),
        ("**/tests", "tests/test_a.py", True),
        ("*.md", "README.md", True),
        ("*.md", "docs/README.md", False),
        ("**/*.md", "docs/deep/README.md", True),
        ("/data", "data/x", True),
        ("./data", "data/x", True),
        ("data?", "data1", True),
        ("data[0-3].csv", "data2.csv", True),
        ("data[0-3].csv", "data7.csv", False),
        ("a.b", "aXb", False),
        ("# tests", "tests/a", False),
        ("docs/**", "docs/a/b", True),
    ],
)
def test_dockerignore_patterns_mean_what_docker_means_by_them(tmp_path, pattern, path, excluded):
    assert rules(tmp_path, pattern).excludes(PurePosixPath(path)) is excluded


def test_the_last_matching_pattern_decides(tmp_path):
    found = rules(tmp_path, "docs\n!docs/prompt.md\n")
    assert found.excludes(PurePosixPath("docs/other.md"))
    assert not found.excludes(PurePosixPath("docs/prompt.md"))


def test_an_excluded_folder_is_walked_only_when_something_may_come_back(tmp_path):
    assert rules(tmp_path, "docs\n").may_skip(PurePosixPath("docs"))
    assert not rules(tmp_path, "docs\n!docs/prompt.md\n").may_skip(PurePosixPath("docs"))
    assert rules(tmp_path, "!node_modules\n").may_skip(PurePosixPath("node_modules"))
