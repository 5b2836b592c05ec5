"""Does the agent's folder describe something that can be built, and nothing that should stay at home?"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from langsmith_client.environment.local import local_environment
from langsmith_client.git import NoGit

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_client.doctor.examiner import Examiner
    from langsmith_client.langgraph_json import LangGraphConfig
    from langsmith_client.project import Project

_ENV_FILE = re.compile(r"\.env(\..*)?")
# Files that by their name hold a key or a login.
_LOOKS_SECRET = re.compile(
    r".+\.(pem|key|p12|pfx)|id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pypirc|\.npmrc|credentials\.json"
)
_SHOWN = 5


def examine(examiner: Examiner, project: Project, env_file: Path | None = None) -> None:
    """langgraph.json, graphs, environment, dependencies, files that enter the image, and git.

    `env_file` is what the target has in place of the `env` of langgraph.json, if it has something.
    """
    examiner.ok("agent", f"{project.name} {project.version}, langgraph.json has known keys only")
    _graphs(examiner, project.config)
    _environment(examiner, project.config, env_file)
    _lock(examiner, project)
    _files(examiner, project)
    _git(examiner, project)


def _graphs(examiner: Examiner, config: LangGraphConfig) -> None:
    missing: list[str] = []
    for name, graph in config.graphs.items():
        path, _, attribute = str(graph["path"] if isinstance(graph, dict) else graph).rpartition(":")
        if problem := _graph_problem(config, path, attribute):
            missing.append(f"{name}: {problem}")
    if missing:
        examiner.fail("graphs", "; ".join(missing), "Correct `graphs` in langgraph.json, or the file it names.")
    else:
        examiner.ok("graphs", ", ".join(config.graphs))


def _graph_problem(config: LangGraphConfig, path: str, attribute: str) -> str | None:
    """What is wrong with `path:attribute`. A module name and a JavaScript file cannot be looked into and pass."""
    if "/" not in path and not path.endswith(".py"):
        return None
    file = config.directory / path
    if not file.is_file():
        return f"there is no {path}"
    if file.suffix != ".py":
        return None
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        return f"{path} is not valid Python ({error})"
    names = _names(tree)
    return None if attribute in names or "*" in names else f"{path} defines no {attribute}"


def _names(tree: ast.Module) -> set[str]:
    """Every name that the module binds anywhere; `*` where an import may bind any."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
    return found


def _environment(examiner: Examiner, config: LangGraphConfig, env_file: Path | None) -> None:
    found = examiner.attempt("environment", lambda: local_environment(config, env_file))
    if found is None:
        return
    if found.notes:
        examiner.warn("environment", " ".join(found.notes).removesuffix("."), "Correct it if it was not meant so.")
    else:
        what = "left as the deployment has it" if found.values is None else f"{len(found.values)} variables"
        examiner.ok("environment", what)


def _lock(examiner: Examiner, project: Project) -> None:
    needy = [package for package in project.packages if package.requirements or package.requirements_file]
    floating = [package.name for package in needy if not (package.directory / "uv.lock").is_file()]
    if floating:
        examiner.warn(
            "dependencies",
            f"{_list(floating)} without a uv.lock, so that two builds may take different versions",
            "Run `uv lock` and commit the file.",
        )
    else:
        examiner.ok("dependencies", "settled by uv.lock" if needy else "the code needs none")


def _files(examiner: Examiner, project: Project) -> None:
    names = {str(file.container): file.path.name for file in project.source.files}
    environment = [place for place, name in names.items() if _ENV_FILE.fullmatch(name)]
    secret = [place for place, name in names.items() if _LOOKS_SECRET.fullmatch(name)]
    if environment:
        examiner.fail("image content", f"holds {_list(environment)}", "Keep it out with .dockerignore.")
    elif secret:
        examiner.warn(
            "image content", f"holds {_list(secret)}, by the name of it a secret", "Keep it out with .dockerignore."
        )
    else:
        examiner.ok("image content", f"{len(names)} files, no .env and no key among them")


def _git(examiner: Examiner, project: Project) -> None:
    git = project.git
    if isinstance(git, NoGit):
        examiner.warn("git", f"no commit to name: {git.reason}", "Commit the agent, so that its image can be traced.")
    elif git.dirty:
        examiner.warn("git", f"not as committed: {_list(git.dirty)}", "Commit or ignore them; CI refuses such a tree.")
    elif git.shallow:
        examiner.warn(
            "git",
            f"commit {git.commit[:12]} of a shallow clone; a full one may name an older commit",
            "Fetch the whole history, in GitHub Actions with `fetch-depth: 0`.",
        )
    else:
        examiner.ok("git", f"commit {git.commit[:12]}, clean")


def _list(names: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
