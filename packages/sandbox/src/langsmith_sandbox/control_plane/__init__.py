"""The LangSmith deployment control plane as one local process, true to the official OpenAPI document."""
