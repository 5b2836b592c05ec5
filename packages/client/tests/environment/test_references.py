"""References to Kubernetes Secrets, as flags have them."""

from __future__ import annotations

import pytest

from langsmith_client.environment.references import as_texts, from_texts, parse_references
from langsmith_client.errors import ProjectError
from langsmith_client.target.protocol import SecretReference


def test_a_flag_names_the_variable_the_secret_and_its_key():
    (found,) = parse_references(["DB_URI=greeter-db.prod:uri"])
    assert found == SecretReference("DB_URI", "greeter-db.prod", "uri")
    assert from_texts(as_texts([found])) == (found,)


@pytest.mark.parametrize(
    "pair", ["DB_URI", "DB_URI=", "DB_URI=secret", "DB_URI=secret:", "DB_URI=:key", "DB_URI=Upper:key", "DB_URI=a:b:c"]
)
def test_a_flag_of_another_form_is_refused_with_the_form(pair):
    with pytest.raises(ProjectError, match="NAME=secret:key"):
        parse_references([pair])


def test_every_problem_is_told_at_once():
    with pytest.raises(ProjectError) as caught:
        parse_references(["A=b", "DATABASE_URI=db:uri", "B=x:y", "B=x:z", "not a name=x:y"])
    assert len(caught.value.problems) == 4


def test_the_names_a_self_hosted_data_plane_lets_through_may_be_references():
    assert parse_references(["POSTGRES_URI_CUSTOM=db:uri", "REDIS_URI_CUSTOM=cache:uri"])
