"""The agent answers without a server."""

from hello_world_graph.graph import graph


def test_the_answer_greets_by_name_and_counts_the_words() -> None:
    result = graph.invoke({"question": "who are you", "name": "Ada"})
    assert result["answer"] == "Hello, Ada! You asked me something in three words."


def test_one_word_is_singular_and_a_missing_name_is_the_world() -> None:
    result = graph.invoke({"question": "why"})
    assert result["answer"] == "Hello, world! You asked me something in one word."
