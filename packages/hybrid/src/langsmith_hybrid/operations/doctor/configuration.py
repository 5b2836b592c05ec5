"""The stack file: every rule of the program, before anything else is asked."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok, warn
from langsmith_hybrid.operations.hosting_stack import StackConfig

if TYPE_CHECKING:
    from langsmith_hybrid.errors import Problem


@dataclasses.dataclass(frozen=True)
class Reading:
    """A stack file, read.

    Attributes:
        values: Field to value, of the fields that can be used.
        problems: All that is wrong.
    """

    values: Mapping[str, Any]
    problems: Sequence[Problem]

    @property
    def has_key(self) -> bool:
        """Whether there is an API key that can be tried."""
        return not any(problem.key == "langsmithApiKey" for problem in self.problems)


def read(config: StackConfig) -> Reading:
    """What the stack file asks for, by the rules of the program itself."""
    from langsmith_hybrid.config import LangSmithConfig
    from langsmith_hybrid.config_values import StackValues, stack_key

    secrets = {key: secret.reveal() for key, secret in config.secrets.items()}
    given = StackValues(plain={**config.plain, **secrets}, secret_keys=frozenset(secrets))
    values, problems = LangSmithConfig.read(given, config.region)
    wrong = {problem.key for problem in problems}
    return Reading({name: value for name, value in values.items() if stack_key(name) not in wrong}, problems)


def findings(config: StackConfig, reading: Reading, today: dt.date) -> Iterator[Finding]:
    """Every problem of the stack file; no secret value is quoted, under whatever key it is."""
    from langsmith_control_plane.secret import redact
    from langsmith_hybrid import eks_versions

    for problem in reading.problems:
        what = redact(f"{problem.key}: {problem.what}", config.secrets.values())
        yield fail("configuration", what, problem.remedy)
    if not reading.problems:
        count = len(config.plain) + len(config.secrets)
        yield ok("configuration", f"All {count} keys of the stack file can be used.")
    version = reading.values.get("eks_cluster_version")
    if version and (notice := eks_versions.notice(version, today)):
        yield warn("configuration", notice, "")
