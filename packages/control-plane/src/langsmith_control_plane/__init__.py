"""Typed client of the LangSmith deployment control plane: listeners, deployments, revisions.

Importing this package, `models` or `errors` loads no HTTP library; `client` and `transport` do.
"""
