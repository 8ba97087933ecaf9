"""The phrase language, word by word."""

from __future__ import annotations

import pytest
from every_row import every_row

from rules.matching.pattern_index import compile_regex, line_of
from rules.phrases.normalise import words_of
from rules.phrases.patterns import PatternError, compile_pattern, expand


def matches(pattern: str, text: str) -> bool:
    expression = compile_regex(compile_pattern(pattern).regex)
    return expression.search(line_of(words_of(text)).text) is not None


@every_row(
    [
        ("speak to a manager", "I want to speak to a manager", True),
        ("speak to a manager", "I spoke to a manager", False),
        ("manage", "the manager", False),
        ("cancel* my account", "cancelling my account", True),
        ("cancel* my account", "can my account", False),
        ("(speak|talk) to (a|the) boss", "talk to the boss", True),
        ("(speak|talk) to (a|the) boss", "talk to boss", False),
        ("want [a] refund", "I want refund", True),
        ("want [a|my] refund", "I want my refund", True),
        ("want [a|my] refund", "I want that refund", False),
        ("you <2> useless", "you are so totally utterly useless", True),
        ("you <2> useless", "you said that this is useless", False),
        ("to _ place", "to his place", True),
        ("to _ place", "to place", False),
        ("# times", "7 times", True),
        ("# times", "seven times", True),
        ("# times", "good times", False),
        ("^ [so] cancel it", "so cancel it", True),
        ("^ [so] cancel it", "don't cancel it", False),
        ("cancel it $", "just cancel it please", True),
        ("cancel it $", "cancel it tomorrow", False),
        ("sue (you|$)", "I will sue", True),
        ("sue (you|$)", "I will sue them", False),
        ("you are not listening", "you're, like, NOT f***ing listening", True),
        ("it's been ages", "its been ages", True),
        ("what do you know", "what do you know", True),
        ("like that", "like that", True),
    ]
)
def test_what_a_pattern_matches(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@every_row(
    [
        "",
        "()",
        "(a|)",
        "(a",
        "a)",
        "[a",
        "<0> a",
        "<13> a",
        "<x> a",
        "[a]",
        "ab*",
        "a ^ b",
        "a?",
        "{x}",
    ]
)
def test_what_cannot_be_read(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


def test_lists_expand_in_each_other_but_not_in_circles() -> None:
    lists = {"boss": ["manager", "head of {place}"], "place": ["sales", "service"]}
    assert expand("my {boss}", lists) == "my (manager|head of (sales|service))"
    with pytest.raises(PatternError, match="circle"):
        expand("{a}", {"a": ["{b}"], "b": ["{a}"]})
    with pytest.raises(PatternError, match="no list"):
        expand("{a}", {})


def test_keys_are_necessary_words() -> None:
    compiled = compile_pattern("(i|we) want [a] (refund|rebate) from cancel*")
    assert frozenset({"refund", "rebate"}) in compiled.keys
    assert frozenset({"cancel*"}) in compiled.keys
    assert all("a" not in some for some in compiled.keys)
    assert compiled.shortest == 5
