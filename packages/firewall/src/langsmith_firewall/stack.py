"""What the firewall stack declares: one component for each service of its configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

from langsmith_firewall.components.atlas import AtlasAccessList
from langsmith_firewall.components.azure_ai import AzureAiNetworkRules
from langsmith_firewall.components.cloudflare_access_rules import CloudflareAccessRules
from langsmith_firewall.components.cloudflare_list import CloudflareIpList
from langsmith_firewall.components.component import FirewallComponent
from langsmith_firewall.components.google_api_key import GoogleApiKeyRestriction
from langsmith_firewall.components.prefix_list import PrefixListEntries
from langsmith_firewall.components.snowflake import SnowflakeNetworkRule
from langsmith_firewall.components.waf_ip_set import WafIpSetEntries
from langsmith_firewall.config import FirewallConfig

HOSTING_OUTPUT = "natGatewayIps"

_COMPONENTS: Mapping[str, Callable[..., FirewallComponent]] = {
    "aws-prefix-list": PrefixListEntries,
    "aws-waf-ip-set": WafIpSetEntries,
    "azure-ai": AzureAiNetworkRules,
    "cloudflare-access-rules": CloudflareAccessRules,
    "cloudflare-ip-list": CloudflareIpList,
    "google-api-key": GoogleApiKeyRestriction,
    "mongodb-atlas": AtlasAccessList,
    "snowflake-network-rule": SnowflakeNetworkRule,
}


def deploy(config: FirewallConfig) -> None:
    """Declare everything and export ``added``: by component, the addresses it put on its list."""
    if config.sources is not None:
        pulumi.export("added", _declare(config, config.sources))
        return
    hosting = pulumi.StackReference(str(config.hosting_stack))

    # Whether there are addresses decides what is declared, so that it cannot be left to the resources. The outputs of
    # another stack are known while the program runs, in previews too, which makes declaring in an apply safe here.
    def declare(sources: Sequence[str] | None) -> dict[str, Any]:
        if not sources:
            pulumi.log.warn(
                f"{config.hosting_stack} has no output {HOSTING_OUTPUT}: it is not up, or was destroyed. No service is "
                "opened, and entries of earlier runs are removed. Bring it up, then run this again."
            )
            return {}
        return _declare(config, sources)

    pulumi.export("added", hosting.get_output(HOSTING_OUTPUT).apply(declare))


def _declare(config: FirewallConfig, sources: Sequence[str]) -> dict[str, pulumi.Output[Sequence[str]]]:
    return {
        service.name: _COMPONENTS[service.kind](
            service.name,
            sources=list(sources),
            description=config.description,
            owner=config.owner,
            close_open=service.close_open,
            **{_argument(field): value for field, value in {**service.target, **service.options}.items()},
        ).added
        for service in config.services
    }


def _argument(field: str) -> str:
    """The component's argument for a field of the stack file: ``accountId`` is ``account_id``."""
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", field)
