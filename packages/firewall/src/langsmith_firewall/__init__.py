"""Allow-list entries of third-party services from NAT gateway addresses, as Pulumi components.

Importing this imports no vendor's package: each is loaded when its service is first asked for something.
"""

from __future__ import annotations

from langsmith_firewall.components.atlas import AtlasAccessList
from langsmith_firewall.components.azure_ai import AzureAiNetworkRules
from langsmith_firewall.components.cloudflare_access_rules import CloudflareAccessRules
from langsmith_firewall.components.cloudflare_list import CloudflareIpList
from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.components.google_api_key import GoogleApiKeyRestriction
from langsmith_firewall.components.prefix_list import PrefixListEntries
from langsmith_firewall.components.snowflake import SnowflakeNetworkRule
from langsmith_firewall.components.waf_ip_set import WafIpSetEntries
from langsmith_firewall.errors import FirewallError, InputError
from langsmith_firewall.sources import AllowedSources

__all__ = [
    "AllowedSources",
    "AtlasAccessList",
    "AzureAiNetworkRules",
    "CloudflareAccessRules",
    "CloudflareIpList",
    "FirewallComponent",
    "FirewallError",
    "GoogleApiKeyRestriction",
    "InputError",
    "PrefixListEntries",
    "SnowflakeNetworkRule",
    "Terms",
    "WafIpSetEntries",
]
