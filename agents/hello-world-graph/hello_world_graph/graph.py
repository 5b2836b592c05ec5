"""The agent's graph: understand the question, then answer it.

It calls no model, so that it runs anywhere; swap ``answer`` for a model call to make it yours.
"""

from __future__ import annotations

from typing import TypedDict

import humanize
from langgraph.graph import END, START, StateGraph


class Conversation(TypedDict, total=False):
    """What the graph carries: the caller gives ``question`` and may give ``name``, and gets ``answer``."""

    question: str
    name: str
    words: int
    answer: str


def understand(conversation: Conversation) -> Conversation:
    """Count the words of the question."""
    return {"words": len(conversation.get("question", "").split())}


def answer(conversation: Conversation) -> Conversation:
    """Greet the caller and say what was understood."""
    count = conversation.get("words", 0)
    words = f"{humanize.apnumber(count)} word{'' if count == 1 else 's'}"
    return {"answer": f"Hello, {conversation.get('name') or 'world'}! You asked me something in {words}."}


def build() -> StateGraph:
    """The graph before it is compiled."""
    graph = StateGraph(Conversation)
    graph.add_node("understand", understand)
    graph.add_node("answer", answer)
    graph.add_edge(START, "understand")
    graph.add_edge("understand", "answer")
    graph.add_edge("answer", END)
    return graph


graph = build().compile()
