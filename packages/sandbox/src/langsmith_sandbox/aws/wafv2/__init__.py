"""AWS WAF (WAFv2): moto's IP sets and web ACLs, as strict as AWS about what refers to what."""
