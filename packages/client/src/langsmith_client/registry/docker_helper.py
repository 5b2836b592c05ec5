"""`docker-credential-langsmith-client`: ECR logins for docker itself, from AWS keys.

Docker starts it by the protocol of https://github.com/docker/docker-credential-helpers, so that a login lies in no
file. The docker builder has it used for a push; a `credHelpers` entry in docker's config.json does so for good.
"""

from __future__ import annotations

import json
import os
import sys

NAME = "langsmith-client"
"""What `credHelpers` calls it."""


def main() -> int:
    """Answer `get` for the registry on standard input; nothing is ever stored here."""
    from langsmith_client.errors import RegistryError
    from langsmith_client.registry.ecr import EcrLogins
    from langsmith_client.registry.ecr_api import SERVICE

    asked = sys.argv[1:]
    if asked == ["list"]:
        sys.stdout.write("{}\n")
        return 0
    if asked != ["get"]:
        sys.stdout.write("this helper gives ECR logins from AWS keys and stores none\n")
        return 1
    host = sys.stdin.read().strip().removeprefix("https://").rstrip("/")
    try:
        login = EcrLogins(os.environ).login(host, SERVICE)
    except RegistryError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    if login is None:
        sys.stdout.write("credentials not found in native keychain\n")
        return 1
    sys.stdout.write(json.dumps({"ServerURL": host, "Username": login.user, "Secret": login.password}) + "\n")
    return 0
