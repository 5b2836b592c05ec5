"""How long credentials live, for each way of having some."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import botocore.session
import pytest

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.doctor.session_life import Life, life_of
from langsmith_hybrid.operations.errors import AccessError, AccessExpiredError

ENDS = dt.datetime(2096, 11, 20, 13, 0, tzinfo=dt.UTC)
Lives = Callable[..., Life]

START = "https://acme.awsapps.com/start"


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lives:
    """The life of the credentials a configuration file and an environment give."""

    def ask(config: str = "", token: Mapping[str, str] | None = None, token_of: str = START, **environ: str) -> Life:
        (tmp_path / "config").write_text(config)
        (tmp_path / f"{hashlib.sha1(token_of.encode(), usedforsecurity=False).hexdigest()}.json").write_text(
            json.dumps(token)
        )
        settings = {
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
            "AWS_EC2_METADATA_DISABLED": "true",
            **environ,
        }
        for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return life_of(Aws("eu-west-1", botocore.session.Session()), settings, token_folder=str(tmp_path))

    return ask


def keys(key_id: str, **more: str) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": "the key's secret", **more}


def test_a_users_key_does_not_expire(life: Lives) -> None:
    found = life(**keys("AKIAEXAMPLE"))
    assert (found.ends, found.known) == (None, True)


def test_temporary_keys_of_the_environment_end_when_it_says_so(life: Lives) -> None:
    found = life(**keys("ASIAEXAMPLE", AWS_SESSION_TOKEN="t", AWS_CREDENTIAL_EXPIRATION=ENDS.isoformat()))
    assert found.ends == ENDS


def test_temporary_keys_that_do_not_say_when_are_not_taken_for_lasting_ones(life: Lives) -> None:
    found = life(**keys("ASIAEXAMPLE", AWS_SESSION_TOKEN="t"))
    assert (found.ends, found.known) == (None, False)


def test_keys_whose_end_is_past_are_told_and_not_used(life: Lives) -> None:
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    found = life(**keys("ASIAEXAMPLE", AWS_SESSION_TOKEN="t", AWS_CREDENTIAL_EXPIRATION=past.isoformat()))
    assert found.ends == past


def test_no_credentials_at_all_are_an_error_of_access(life: Lives) -> None:
    with pytest.raises(AccessError, match="no usable AWS credentials"):
        life()


SSO = f"""
[sso-session acme]
sso_start_url = {START}
sso_region = eu-west-1
[profile acme]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = ops
[profile deployer]
role_arn = arn:aws:iam::111122223333:role/deployer
source_profile = acme
"""
OLD_SSO = f"""
[profile acme]
sso_start_url = {START}
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = ops
"""
TOKEN = {"accessToken": "t", "expiresAt": "2096-11-20T13:00:00Z"}


@pytest.mark.parametrize(("config", "profile"), [(SSO, "acme"), (SSO, "deployer"), (OLD_SSO, "acme")])
def test_it_is_the_sso_token_that_counts_and_not_the_role_it_renews(life: Lives, config: str, profile: str) -> None:
    found = life(config, TOKEN, START if config is OLD_SSO else "acme", AWS_PROFILE=profile)
    assert found.ends == ENDS
    assert found.renew == "aws sso login --profile acme", "the profile that logs in, not the one that borrows from it"


def test_an_sso_token_that_renews_itself_has_no_end_to_warn_of(life: Lives) -> None:
    found = life(SSO, {**TOKEN, "refreshToken": "again"}, "acme", AWS_PROFILE="acme")
    assert (found.ends, found.known) == (None, True)


def test_an_sso_profile_nobody_has_logged_in_to_names_the_command(life: Lives) -> None:
    with pytest.raises(AccessExpiredError, match="aws sso login --profile acme"):
        life(SSO, TOKEN, "another session", AWS_PROFILE="acme")


def test_what_a_process_hands_out_ends_when_it_says_so(life: Lives, tmp_path: Path) -> None:
    answer = {"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t"}
    (tmp_path / "answer").write_text(json.dumps({**answer, "Expiration": ENDS.isoformat()}))
    found = life(f"[default]\ncredential_process = cat {tmp_path / 'answer'}\n")
    assert found.ends == ENDS
