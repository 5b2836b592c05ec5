"""``langsmith-sandbox up`` and ``down``: the whole product, end to end, with its own official tools."""
