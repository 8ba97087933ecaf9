"""Material for training: real moments, without what would tell whose they were.

Picked are cards that were used and after which the mood rose most, cards that were passed over and
after which it fell most, and what reviewers marked. Calls that were not masked when they were
written are masked here; what is left of names that are known (agent, caller, queue) is masked too,
and neither call nor day is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal
from coach.calls.marks import Mark, Verdict, read_marks
from coach.calls.masked_journal import masked_journal
from coach.calls.redaction.typed_words import masked_text
from coach.calls.search_query import FoundCall
from coach.errors import InputError
from coach.events import CardRaised, Channel, Utterance
from coach.notes.report.call_text import md
from coach.notes.report.card_effects import CardMoment
from coach.notes.written.form import written_text

BEFORE_S, BEHIND_S = 30.0, 60.0
"""Seconds of talk that are told around a moment."""
MOST_LINES = 14
MOST_OF_A_KIND = 2
"""Excerpts of one rule and one kind."""
LEAST_CHANGE = 0.5
"""Points of mood that are worth showing."""
HELPED, PASSED_OVER, MARKED = "It was used, and it helped", "It was passed over", "Marked in review"
HEAD = """\
# Moments to learn from

Real moments of calls, masked. They show one way in which each went; before they are used, read
them: masking finds what it knows. This file is not forgotten by `coach purge`: delete it when it
has served.
"""


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """One moment with the talk around it."""

    rule: str
    kind: str
    worth: float
    """The more, the sooner it is taken."""
    do: str
    say: str
    told: str
    """What came of it."""
    lines: tuple[str, ...]


class Picking:
    """Looks at calls one by one and keeps the moments that are worth most."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], list[Excerpt]] = {}

    def look_at(self, journal: Journal, found: FoundCall, moments: Sequence[CardMoment]) -> None:
        """Take one more call."""
        journal = masked_journal(journal)
        known = [word for word in (found.agent, found.caller, found.queue) if len(word) > 1]
        raised = {(e.rule, e.at): e for e in journal.events if isinstance(e, CardRaised)}
        for moment in moments:
            card, change = raised.get((moment.rule, moment.at)), moment.mood_change
            if card is None or change is None or abs(change) < LEAST_CHANGE:
                continue
            kind = HELPED if moment.fate == "used" and change > 0 else PASSED_OVER
            if kind == PASSED_OVER and (moment.fate == "used" or change > 0):
                continue
            told = f"mood {change:+.1f} in the minute after; {moment.fate or 'shown'}"
            self._keep(
                _excerpt(journal, (card.rule, card.at), (kind, abs(change), told), known, card)
            )
        for mark in _marks(journal):
            card = next((c for c in raised.values() if _is_marked(c, mark)), None)
            what = mark.verdict.value if mark.verdict is not Verdict.NOTE else "a remark"
            note = f": {masked_text(mark.note)}" if mark.note else ""
            rule = mark.rule or (card.rule if card else "")
            worth = 1.0 + bool(mark.note)
            place = rule, mark.at
            self._keep(_excerpt(journal, place, (MARKED, worth, f"{what}{note}"), known, card))

    def _keep(self, excerpt: Excerpt) -> None:
        if len(excerpt.lines) < 2:
            return
        kept = self._kept.setdefault((excerpt.rule, excerpt.kind), [])
        kept.append(excerpt)
        kept.sort(key=lambda one: -one.worth)
        del kept[MOST_OF_A_KIND:]

    def text(self) -> str:
        """All of it as Markdown, rule by rule."""
        return "\n".join([HEAD, *self._sections()]) + "\n"

    @property
    def count(self) -> int:
        """How many moments were picked."""
        return sum(map(len, self._kept.values()))

    def _sections(self) -> Iterator[str]:
        rule = None
        for (of, kind), excerpts in sorted(self._kept.items()):
            if of != rule:
                rule = of
                yield f"## {md(of) or 'Remarks'}\n"
            for one in excerpts:
                yield f"### {kind}\n"
                if one.do:
                    yield f"- **Card:** {md(one.do)}"
                if one.say:
                    yield f"- **Words:** {md(one.say)}"
                yield f"- **What came of it:** {md(one.told)}\n"
                yield from one.lines
                yield ""


def _is_marked(card: CardRaised, mark: Mark) -> bool:
    """Whether a mark is on a card: coached anew, the call may give another rule's the name."""
    return card.card == mark.card and mark.rule in (None, card.rule)


def _marks(journal: Journal) -> Sequence[Mark]:
    try:
        return read_marks(CallFiles(journal.path.parent, journal.path.stem).marks)
    except InputError:
        return ()


def _excerpt(
    journal: Journal,
    place: tuple[str, float],
    told: tuple[str, float, str],
    known: Sequence[str],
    card: CardRaised | None,
) -> Excerpt:
    """The talk around a place; ``told`` is the kind, what it is worth and what came of it."""
    rule, at = place
    lines = [
        _line(line, at, known)
        for line in journal.events
        if isinstance(line, Utterance)
        and not line.doubtful
        and line.text.strip()
        and at - BEFORE_S <= line.end
        and line.start <= at + BEHIND_S
    ]
    middle = sum(line.startswith("> -") for line in lines)
    first = max(0, min(middle - MOST_LINES // 2, len(lines) - MOST_LINES))
    return Excerpt(
        rule=rule,
        kind=told[0],
        worth=told[1],
        do=card.do if card else "",
        say=_anonymous(card.say, known) if card else "",
        told=told[2],
        lines=tuple(lines[first : first + MOST_LINES]),
    )


def _anonymous(text: str, known: Sequence[str]) -> str:
    for word in known:
        text = re.sub(rf"\b{re.escape(word)}\b", "[name]", text, flags=re.IGNORECASE)
    # Before it is written too: "nineteen eighty four" is a number yet, "1984" a year.
    return masked_text(written_text(masked_text(text)))


def _line(line: Utterance, at: float, known: Sequence[str]) -> str:
    words = md(_anonymous(line.text, known))
    return f"> {_when(line.start - at)} **{_side(line.channel)}:** {words}  "


def _when(seconds: float) -> str:
    return f"{'-' if seconds < 0 else '+'}{abs(seconds):.0f} s"


def _side(channel: Channel) -> str:
    return {"CUSTOMER": "customer", "AGENT": "agent"}.get(channel.value, "somebody")
