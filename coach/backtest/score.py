"""Score sentences one by one: mood and cues without a call around them.

This is the door for judging the product on other people's text. Each sentence stands alone:
rules that need time, sound or what was said before stay quiet, and so do words that are
negated or quoted ("I'm not saying you're lying").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import msgspec

from coach.engine.talk.feeling import score_text
from coach.events import Channel, Clause
from rules.definition.roles import Family
from rules.definition.rule import Rule, RuleBook
from rules.matching.evaluate import decide, lexical
from rules.matching.matcher import Matcher, Understand, understand_nothing

FORM = """\
FILE is text in UTF-8, one sentence a line, in either form, told apart line by line:

  {"channel": "CUSTOMER", "text": "This is the third time I call."}
  CUSTOMER<TAB>This is the third time I call.

channel is CUSTOMER (taken where JSON has none), AGENT or MIXED, in any case; a first line
channel<TAB>text is passed over. Each sentence is scored by itself, with one JSON line:

  {"line": 1, "channel": "CUSTOMER", "sentiment": -0.3, "distress": 0.1,
   "cues": ["esc.repeat_contact"], "severity": 2}"""
"""What `coach score` reads and writes, for people."""
HEADER = ("channel", "text")
UNSCORED = (Family.CHECKLIST, Family.LADDER)
"""Families without words of their own: they follow from other rules."""
LONGEST_TEXT = 20_000
"""Characters of one sentence; more is a broken file, not speech."""


class ScoreInput(msgspec.Struct, frozen=True):
    """One line of input."""

    text: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
    channel: str = Channel.CUSTOMER.value
    """In any case; CUSTOMER where it is not given."""


class SentenceScore(msgspec.Struct, frozen=True, kw_only=True):
    """What one sentence was found to be."""

    line: int
    """Number of the input line, from 1."""
    channel: Channel
    sentiment: float
    """VADER's compound, -1 to 1."""
    distress: float
    """0 to 1."""
    cues: tuple[str, ...]
    """Rule ids, gravest first."""
    severity: int
    """Of the gravest cue; 0 without any."""


class BadLine(msgspec.Struct, frozen=True):
    """A line that could not be read."""

    line: int
    reason: str


class Scorer:
    """Scores sentences with one rule book."""

    def __init__(self, book: RuleBook, understand: Understand = understand_nothing) -> None:
        self._matcher = Matcher(book)
        self._understand = understand
        self._rules: tuple[Rule, ...] = tuple(
            sorted(
                (r for r in book.active() if r.family not in UNSCORED and lexical(r.when)),
                key=lambda r: -r.severity,
            )
        )

    def score(self, channel: Channel, text: str, line: int = 1) -> SentenceScore:
        """Score one sentence."""
        clauses = self._understand(channel, text)
        mood = score_text(text, clauses)
        cues = self._cues(channel, text, clauses)
        return SentenceScore(
            line=line,
            channel=channel,
            sentiment=round(mood.compound, 4),
            distress=round(mood.distress, 4),
            cues=tuple(r.id for r in cues),
            severity=max((r.severity for r in cues), default=0),
        )

    def cues(self, channel: Channel, text: str) -> list[Rule]:
        """The rules that match at full strength, gravest first."""
        return self._cues(channel, text, self._understand(channel, text))

    def _cues(self, channel: Channel, text: str, clauses: Sequence[Clause]) -> list[Rule]:
        found = self._matcher.find(channel, text, clauses=clauses)
        if not found:
            return []
        matched: list[Rule] = []
        for rule in self._rules:
            hit = decide(rule, found)
            if hit is not None and not hit.guard:
                matched.append(rule)
        return matched


def read_sentences(lines: Iterable[bytes]) -> Iterator[tuple[int, Channel, str] | BadLine]:
    """Sentences of JSON lines or TSV, told apart line by line; empty lines are passed over."""
    decoder = msgspec.json.Decoder(ScoreInput)
    for number, raw in enumerate(lines, 1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            if not text.strip():
                continue
            sentence = decoder.decode(text) if text.lstrip().startswith("{") else _columns(text)
            if number == 1 and (sentence.channel.lower(), sentence.text.lower()) == HEADER:
                continue
            yield number, _channel(sentence.channel), sentence.text
        except UnicodeDecodeError as error:
            yield BadLine(number, f"not UTF-8 text (byte {error.start})")
        except (msgspec.DecodeError, ValueError) as error:
            yield BadLine(number, str(error))


def _columns(text: str) -> ScoreInput:
    channel, tab, rest = text.partition("\t")
    if not tab:
        raise ValueError("neither a JSON object nor channel<TAB>text")
    return msgspec.convert({"channel": channel.strip(), "text": rest}, ScoreInput)


def _channel(name: str) -> Channel:
    try:
        return Channel(name.upper())
    except ValueError:
        known = ", ".join(c.value for c in Channel)
        raise ValueError(f"no channel is called {name!r}; expected one of {known}") from None
