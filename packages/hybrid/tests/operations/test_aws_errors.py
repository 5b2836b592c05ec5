"""AWS's errors become ours."""

from __future__ import annotations

import pytest
from operations.fakes import refusal

from langsmith_hybrid.operations.aws import translated
from langsmith_hybrid.operations.errors import AccessError, AccessExpiredError, AwsError, OperationError


@pytest.mark.parametrize(
    ("raised", "becomes"),
    [
        (refusal("ExpiredToken"), AccessExpiredError),
        (refusal("RequestExpired"), AccessExpiredError),
        (refusal("AuthFailure"), AccessError),
        (refusal("AccessDeniedException", "no policy allows it"), AwsError),
        (RuntimeError("the refreshed credentials are still expired."), AccessExpiredError),
    ],
)  # fmt: skip
def test_a_refusal_is_an_error_with_its_exit_code(raised: Exception, becomes: type[OperationError]) -> None:
    with pytest.raises(OperationError) as caught, translated("sts get_caller_identity"):
        raise raised
    assert type(caught.value) is becomes


def test_an_error_that_is_not_botocores_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="something else"), translated("sts get_caller_identity"):
        raise RuntimeError("something else")
