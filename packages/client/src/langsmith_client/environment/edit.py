"""Single changes of the environment by hand, beside what deploys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_client.environment.merge import merge
from langsmith_client.environment.plan import EnvironmentPlan, EnvironmentWish
from langsmith_client.environment.record import read_record
from langsmith_client.environment.references import as_texts, check_distinct

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from langsmith_client.target.protocol import Deployment, SecretReference


def edit(
    existing: Deployment,
    *,
    variables: Mapping[str, str],
    references: tuple[SecretReference, ...] = (),
    removed: Collection[str] = (),
) -> EnvironmentPlan:
    """Set and remove single names. That is not remembered as deployed, so the next deploy keeps it as somebody's.

    Raises:
        ProjectError: A name is both a variable and a reference.
    """
    check_distinct(variables, references)
    wanted = as_texts(references)
    return EnvironmentPlan(
        EnvironmentWish(),
        merge(variables, existing.environment, None, replaced={*removed, *wanted}),
        merge(wanted, as_texts(existing.references), None, replaced={*removed, *variables}),
        read_record(existing.resources),
    )
