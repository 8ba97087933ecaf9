"""What the truth of a condition hangs on: words, how they feel, state, the present moment."""

from __future__ import annotations

from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    Distress,
    Loud,
    Meaning,
    Monologue,
    Near,
    Not,
    NotFollowed,
    Pace,
    Phrase,
    Regex,
    Sequence,
    Silence,
    walk,
)


def ambient(condition: AnyCondition) -> bool:
    """Whether the condition can come true without words arriving."""
    match condition:
        case Phrase() | Near() | Regex() | Meaning() | Distress():
            return False
        case AllOf(of=of):
            return all(ambient(part) for part in of)
        case AnyOf(of=of):
            return any(ambient(part) for part in of)
        case Count(of=part) | Sequence(then=part):
            return ambient(part)
        case _:
            return True


def only_words(condition: AnyCondition) -> bool:
    """Whether nothing but the words that arrive at that moment can make the condition hold."""
    match condition:
        case Phrase() | Near() | Regex() | Meaning():
            return True
        case AllOf(of=of) | AnyOf(of=of):
            return bool(of) and all(only_words(part) for part in of)
        case _:
            return False


def only_phrases(condition: AnyCondition) -> bool:
    """Whether it only asks which words have arrived, so that nothing of a call is in its test."""
    match condition:
        case Phrase() | Near() | Regex():
            return True
        case AllOf(of=of) | AnyOf(of=of):
            return bool(of) and all(only_phrases(part) for part in of)
        case _:
            return False


def spoken(condition: AnyCondition) -> bool:
    """Whether words alone can make the condition come true at once."""
    match condition:
        case Phrase() | Near() | Regex() | Meaning() | Distress():
            return True
        case AllOf(of=of) | AnyOf(of=of):
            return any(spoken(part) for part in of)
        case Count(of=part) | Sequence(then=part):
            return spoken(part)
        case _:
            return False


def passing(condition: AnyCondition) -> bool:
    """Whether the condition is about the present moment only, so that its end settles it."""
    match condition:
        case Silence() | Monologue() | Pace() | Loud() | Phrase() | Near() | Regex() | Meaning():
            return True
        case AllOf(of=of):
            return any(passing(part) for part in of)
        case AnyOf(of=of):
            return all(passing(part) for part in of)
        case _:
            return False


def feels(condition: AnyCondition) -> bool:
    """Whether the condition depends on how words feel, not only on which they are."""
    match condition:
        case Distress():
            return True
        case AllOf(of=of) | AnyOf(of=of):
            return any(feels(part) for part in of)
        case Not(of=part) | Count(of=part) | Sequence(then=part):
            return feels(part)
        case _:
            return False


def looks_back(condition: AnyCondition) -> bool:
    """Whether it remembers when a part of it came true."""
    return any(isinstance(part, Count | NotFollowed | Sequence) for part in walk(condition))
