"""A small pack whose figures are turned in tests, and kept calls to turn them on."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from coach.backtest.compare import Comparison, ComparisonAsked
from coach.backtest.tuning.dial import Dial, dials_of
from coach.backtest.tuning.tuned_call import CallTuner
from coach.backtest.tuning.turned import Turned
from coach.calls.about import About, CallKind
from coach.calls.call import Call, Setup
from coach.calls.journal import Journal, read_journal
from coach.engine.engine import EngineSettings
from coach.events import AgentAction, CallStarted, CardRaised, Fact
from coach.meaning.listening import MeaningListener
from rules.books.loader import WrittenRules, load_book, load_parts
from rules.definition.rule import RuleBook
from rules.matching.matcher import Matcher
from rules.reading.entries import Entry

FIRST = CallStarted(at=0.0, call="c", started="2026-03-04T09:30:00+00:00", source="live")
PACK = """
[[rule]]
id = "agent.dead_air"
title = "Silence"
severity = 1
when.silence = 6
when.announced = 10
when.unless_said = ["one moment"]
unless = [{ cue = ["esc.boss"], within = 20 }]
timing = { for = 0, cooldown = 20, max_per_call = 3 }
[rule.card]
kind = "process"
do = "Say what you do"
say = ["one"]
hold = 10
priority = 40
done_when = ["say.moment"]

[[rule]]
id = "agent.monologue"
title = "Long turn"
severity = 1
when.monologue = "agent"
when.longer_than = 4
timing = { cooldown = 10 }
card = { kind = "tone", do = "Ask something", say = ["two"], hold = 8, priority = 45 }

[[rule]]
id = "agent.very_long"
title = "Very long turn"
severity = 1
when.monologue = "agent"
when.longer_than = 5
unless = [{ any = [{ cue = ["agent.monologue"], within = 5 }, { cue = ["esc.leaves"] }] }]
card = { kind = "tone", do = "Stop", say = ["ten"], hold = 6, priority = 50 }

[[rule]]
id = "agent.no_care"
title = "No care"
severity = 2
when.after = { cue = ["esc.leaves", "esc.boss"] }
when.missing = { phrase = ["sorry"] }
when.within = 8
card = { kind = "tone", do = "Say that you are sorry", say = ["three"], priority = 60 }

[[rule]]
id = "agent.loud"
title = "Louder in a tense call"
severity = 1
when.all = [{ level = "uneasy" }, { loud = "agent", over_baseline_db = 6 }]
card = { kind = "tone", do = "Lower your voice", say = ["four"] }

[[rule]]
id = "esc.boss"
title = "Manager"
severity = 2
when.phrase = ["manager", "useless", "lawyer"]
timing = { cooldown = 30 }
card = { kind = "process", do = "Take it over", say = ["five"], hold = 15, priority = 55 }

[[rule]]
id = "esc.leaves"
title = "Leaves"
severity = 2
sensitivity = 0.5
when.meaning = ["I will cancel everything", "I am going to leave you", "the third time I call"]
when.phrase = ["somewhere else"]
card = { kind = "process", do = "Ask why", say = ["six"], priority = 65 }

[[rule]]
id = "esc.upset"
title = "Distressed words"
severity = 3
when.any = [{ distress = 0.4 }, { mood_below = -1.5 }]
card = { kind = "process", do = "Slow down", say = ["seven"], priority = 30 }

[[rule]]
id = "conduct.rude"
title = "Rude"
severity = 2
role = "offence"
when.count = { phrase = ["stupid", "idiot", "useless", "hurt"] }
when.at_least = 1
when.within = 60
card = { kind = "boundary", do = "Set a limit", say = ["eight"], priority = 70 }

[[rule]]
id = "safety.harm"
title = "Harm"
severity = 3
when.phrase = ["be here anymore"]
card = { kind = "safety", do = "Ask", say = ["nine"], hold = "until answered" }

[[rule]]
id = "say.moment"
title = "announce"
severity = 0
when.phrase = ["one moment"]
"""


_FOLDER = tempfile.TemporaryDirectory(prefix="coach-tuned-")
"""Gone when the tests end."""


@functools.cache
def pack() -> Path:
    path = Path(_FOLDER.name) / "pack.toml"
    path.write_text(PACK)
    return path


@functools.cache
def book() -> RuleBook:
    return load_book(packs=[pack()])


@functools.cache
def parts() -> WrittenRules:
    return load_parts(packs=[pack()])


def entry(rule: str) -> Entry:
    return next(one for one in parts().rules if one.name == rule)


def dial(rule: str, path: str) -> Dial:
    return next(one for one in dials_of(entry(rule)) if one.path == path)


@functools.cache
def turned(rule: str, path: str) -> Turned:
    return Turned(book(), entry(rule), parts().lists, dial(rule, path))


@functools.cache
def tuner(rule: str, path: str) -> CallTuner:
    return CallTuner(turned(rule, path), ComparisonAsked(old=book(), new=book()))


@functools.cache
def comparison(rule: str, path: str, index: int) -> Comparison:
    return Comparison(ComparisonAsked(old=book(), new=turned(rule, path).book_at(index)))


@functools.cache
def setup() -> Setup:
    meaning = MeaningListener(book())
    return Setup(
        book=book(),
        settings=EngineSettings(),
        meaning=meaning,
        encoder=meaning.encoder,
        matcher=Matcher(book()),
        about=About(kind=CallKind.LIVE),
        redaction=None,
    )


def read(path: Path) -> Journal:
    return read_journal(path)


def keep(path: Path, facts: Sequence[Fact]) -> None:
    """Coach a call and keep its journal; a key with a note is for the card shown last."""
    call = Call(setup(), FIRST, path)
    card: str | None = None
    for fact in facts:
        if isinstance(fact, AgentAction) and fact.note:
            fact = msgspec.structs.replace(fact, card=card, note="")  # noqa: PLW2901
        for event in call.feed(fact):
            card = event.card if isinstance(event, CardRaised) else card
    assert call.close() == ""
