"""The firewall stack: every entry is declared by the package, from this stack's configuration."""

from langsmith_firewall.config import FirewallConfig
from langsmith_firewall.stack import deploy

deploy(FirewallConfig.load())
