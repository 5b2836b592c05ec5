"""Every service, by the name stack files and states know it by."""

from __future__ import annotations

from collections.abc import Mapping

from langsmith_firewall.service import Service
from langsmith_firewall.services import (
    atlas,
    azure_ai,
    cloudflare_access_rules,
    cloudflare_list,
    google_api_key,
    prefix_list,
    snowflake,
    waf_ip_set,
)

SERVICES: Mapping[str, Service] = {
    service.kind: service
    for service in (
        atlas.SERVICE,
        azure_ai.SERVICE,
        cloudflare_access_rules.SERVICE,
        cloudflare_list.SERVICE,
        google_api_key.SERVICE,
        prefix_list.SERVICE,
        snowflake.SERVICE,
        waf_ip_set.SERVICE,
    )
}
