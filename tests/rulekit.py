"""Small rule books for tests of the engine, and a way to run what people say through it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from callscript import Say, loudness, spoken
from shipped_rules import book

from coach.engine.engine import Engine, EngineSettings
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    CardRaised,
    Channel,
    Fact,
    Result,
    Track,
)
from rules.definition.conditions import AnyCondition, Phrase, Speaker
from rules.definition.rule import CardSpec, Kind, Rule, RuleBook, Status, Timing, WrittenAt
from rules.reading.build import family_of

TRACKS = {
    "safety": Track.SAFETY,
    "threat": Track.THREAT,
    "conduct": Track.CONDUCT,
    "esc": Track.ESCALATION,
}
PACK = book().rules
ROLES = {one.id: one.roles for one in PACK}
"""Rules of the tests do what their namesakes do."""
BY_AGENT = {"note.step", "note.commitment", "note.bad_news"}
START = CallStarted(at=0.0, call="t", started="2026-03-04T09:30:00+00:00", source="test")


def said(*patterns: str, by: Speaker | None = None) -> Phrase:
    return Phrase(any=patterns, speaker=by)


def card(kind: Kind = Kind.PROCESS, **options: Any) -> CardSpec:
    return CardSpec(**{"kind": kind, "do": "Do it", "say": ("one", "two"), **options})


def rule(name: str, when: AnyCondition | str, severity: int = 2, **options: Any) -> Rule:
    """A rule whose track and speaker follow from the family in its name."""
    family = name.partition(".")[0]
    agent = family in {"agent", "say", "checklist", "ladder"} or name in BY_AGENT
    return Rule(
        **{
            "id": name,
            "title": f"Title of {name}",
            "family": family_of(name),
            "roles": ROLES.get(name, ()),
            "track": TRACKS.get(family, Track.COACHING),
            "severity": severity,
            "status": Status.STABLE,
            "speaker": Speaker.AGENT if agent else Speaker.CUSTOMER,
            "when": said(when) if isinstance(when, str) else when,
            "timing": Timing(cooldown=0.0, max_per_call=99),
            "source": WrittenAt(file="test", key=name),
            **options,
        }
    )


def book(*rules: Rule) -> RuleBook:
    return RuleBook(rules=rules, language="en", fingerprint="test")


def customer(at: float, text: str, **options: Any) -> Say:
    return Say(at=at, speaker=Channel.CUSTOMER, text=text, **options)


def agent(at: float, text: str, **options: Any) -> Say:
    return Say(at=at, speaker=Channel.AGENT, text=text, **options)


def key(at: float, action: Action, rule: str | None = None) -> AgentAction:
    return AgentAction(at=at, action=action, rule=rule)


class ScriptedRun:
    """An engine with a rule book, fed with what is said; times must not run backwards."""

    def __init__(self, *rules: Rule, settings: EngineSettings | None = None) -> None:
        self.engine = Engine(book(*rules), settings or EngineSettings())
        self.results: list[Result] = []
        self.engine.receive(START)

    def play(self, *what: Say | Fact, until: float | None = None) -> list[Result]:
        """Feed all this in order of time; returns what came of it."""
        numbers: dict[Channel, int] = {}
        facts: list[Fact] = []
        for one in what:
            if not isinstance(one, Say):
                facts.append(one)
                continue
            numbers[one.speaker] = numbers.get(one.speaker, 0) + 1
            name = f"{one.speaker.value[0]}{one.at:g}"
            facts += spoken(one, name)
        return self.feed(sorted(facts, key=lambda fact: fact.at), until)

    def feed(self, facts: Iterable[Fact], until: float | None = None) -> list[Result]:
        fresh: list[Result] = []
        for fact in facts:
            fresh += self.engine.receive(fact)
        if until is not None:
            fresh += self.engine.advance(until)
        self.results += fresh
        return fresh

    def cards(self) -> list[str]:
        return [r.rule for r in self.results if isinstance(r, CardRaised)]

    @property
    def shown(self) -> str:
        snapshot = self.engine.snapshot()
        return snapshot.card.rule if snapshot.card else ""


def voices(says: Iterable[Say], until: float) -> list[Fact]:
    """Loudness of both sides."""
    says = list(says)
    facts: list[Fact] = []
    for channel in (Channel.AGENT, Channel.CUSTOMER):
        facts += loudness(channel, [say for say in says if say.speaker is channel], until)
    return facts


END = CallEnded(at=9999.0, reason="end")


def small_pack(phrase: str = "an example") -> str:
    """The text of a pack of one rule that listens for a phrase."""
    return f"""
[[rule]]
id = "esc.example"
title = "Example"
severity = 2
when.phrase = ["{phrase}"]
match = ["this is {phrase}"]
no_match = ["this is none", "nor is this"]
false_positives = ["a teacher"]
[rule.card]
kind = "process"
do = "Do something"
say = ["One.", "Two."]
"""
