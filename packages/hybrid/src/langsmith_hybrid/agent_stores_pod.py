"""How the Job of the agents' stores runs: as nobody, on a file system it cannot write to, without a secret in sight."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

REQUEST = "request.json"
TOKEN = "token"  # noqa: S105 - the name of a key

_PROGRAM = Path(__file__).with_name("agent_stores_job")
_PROGRAM_MOUNT = "/program"
_TOKEN_MOUNT = "/redis"  # noqa: S105 - a path
_SERVICE_ACCOUNT_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_TERMINATION_LOG = "/dev/termination-log"
# "nobody", whatever the distribution.
_USER = 65534
# Seconds for all tries together; databases are there within one, an image of the base's size within a minute.
_DEADLINE = 600
# A role takes seconds to reach Pods that were just associated with it: the first tries may find none.
_TRIES = 3


def program() -> dict[str, str]:
    """The program's modules, as a ConfigMap holds them."""
    return {module.name: module.read_text() for module in sorted(_PROGRAM.glob("*.py"))}


def job(
    *,
    account: pulumi.Input[str],
    image: str,
    program: pulumi.Input[str],
    token: pulumi.Input[str] | None,
) -> kubernetes.batch.v1.JobSpecArgs:
    """The Job's specification.

    Args:
        account: The service account it runs as.
        image: Python with psycopg.
        program: Name of the ConfigMap with :func:`program` and the request.
        token: Name of the Secret with Redis' token, or None.
    """
    core = kubernetes.core.v1
    arguments = ["--request", f"{_PROGRAM_MOUNT}/{REQUEST}"]
    arguments += ["--service-account", _SERVICE_ACCOUNT_MOUNT, "--termination-log", _TERMINATION_LOG]
    volumes = [core.VolumeArgs(name="program", config_map=core.ConfigMapVolumeSourceArgs(name=program, items=_items()))]
    mounts = [core.VolumeMountArgs(name="program", mount_path=_PROGRAM_MOUNT, read_only=True)]
    if token is not None:
        arguments += ["--redis-token", f"{_TOKEN_MOUNT}/{TOKEN}"]
        volumes.append(core.VolumeArgs(name="redis", secret=core.SecretVolumeSourceArgs(secret_name=token)))
        mounts.append(core.VolumeMountArgs(name="redis", mount_path=_TOKEN_MOUNT, read_only=True))
    container = core.ContainerArgs(
        name="agent-stores",
        image=image,
        # Not the image's entrypoint, which starts an Agent Server.
        command=["python", "-m", _PROGRAM.name],
        args=arguments,
        env=[
            core.EnvVarArgs(name="PYTHONPATH", value=_PROGRAM_MOUNT),
            core.EnvVarArgs(name="PYTHONDONTWRITEBYTECODE", value="1"),
        ],
        volume_mounts=mounts,
        termination_message_path=_TERMINATION_LOG,
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "256Mi"}
        ),
        security_context=core.SecurityContextArgs(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        ),
    )
    pod = core.PodSpecArgs(
        service_account_name=account,
        restart_policy="Never",  # each try is a Pod of its own, whose log and last words stay
        security_context=core.PodSecurityContextArgs(
            run_as_non_root=True,
            run_as_user=_USER,
            run_as_group=_USER,
            fs_group=_USER,
            seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
        ),
        containers=[container],
        volumes=volumes,
    )
    return kubernetes.batch.v1.JobSpecArgs(
        backoff_limit=_TRIES,
        active_deadline_seconds=_DEADLINE,
        template=core.PodTemplateSpecArgs(spec=pod),
    )


def _items() -> list[kubernetes.core.v1.KeyToPathArgs]:
    """The keys as files: modules in a folder, so that Python finds a package."""
    item = kubernetes.core.v1.KeyToPathArgs
    return [item(key=name, path=f"{_PROGRAM.name}/{name}") for name in program()] + [item(key=REQUEST, path=REQUEST)]
