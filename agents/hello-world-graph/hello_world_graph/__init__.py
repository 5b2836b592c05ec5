"""A small LangGraph agent."""
