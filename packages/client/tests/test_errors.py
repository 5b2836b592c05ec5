"""Exit codes are a promise to scripts."""

from __future__ import annotations

from langsmith_client import errors


def test_every_error_has_the_exit_code_that_is_documented():
    codes = {
        name: value.exit_code
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ClientError)
    }
    assert codes == {
        "ClientError": 1,
        "FleetError": 1,
        "MissingError": 1,
        "StackError": 1,
        "TargetError": 1,
        "TargetUnavailableError": 1,
        "UndecidedError": 1,
        "ProjectError": 2,
        "SettingsError": 2,
        "UsageError": 2,
        "BuildError": 10,
        "RegistryError": 11,
        "DeployFailedError": 20,
        "SupersededError": 21,
        "OutcomeUnknownError": 22,
        "WaitTimeoutError": 22,
        "UnprovenError": 23,
        "SmokeFailedError": 23,
        "ConflictError": 30,
        "RegistryAccessError": 40,
        "TargetAccessError": 40,
        "AccessExpiredError": 41,
        "PreflightError": 50,
        "StoppedError": 130,
    }


def test_an_error_reads_as_what_happened_and_what_to_do():
    assert str(errors.ClientError("It broke.", "Mend it.")) == "It broke. Mend it."
    assert str(errors.ProjectError(["One.", "Two."], "Mend both.")) == "One. Two. Mend both."


def test_a_fleet_ends_with_the_code_its_agents_agree_on():
    assert errors.FleetError("Two failed.", exit_codes=[20, 20]).exit_code == 20
    assert errors.FleetError("Two failed.", exit_codes=[20, 23]).exit_code == 1
