"""Build, push and deploy LangGraph agents to LangSmith Hybrid, and prove what is served."""
