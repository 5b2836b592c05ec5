"""The hosting stack: everything is declared by the package, from this stack's configuration."""

from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.stack import deploy

deploy(LangSmithConfig.load())
