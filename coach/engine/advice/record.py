"""The call record: what went wrong, what the customer wants, what was done, promised and said.

Taken from both sides' words by rules (``note.*``), and from every cue about the customer.
Entries keep the speaker's own words, cut to the clause around the match. Only final, undoubted
text enters it.

The record keeps facts; ``coach.notes`` makes the texts that people are given.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import deque
from collections.abc import Iterable
from typing import Annotated

import msgspec

from coach.engine.advice.due_dates import due_date
from coach.engine.advice.named_matter import matter
from coach.engine.advice.promises import (
    SummedUp,
    is_choice,
    promises_beside,
    promises_in,
    say_the_same,
    summed_up,
    sums_up,
)
from coach.engine.talk.heard import HeardWords
from coach.events import Channel, CommitmentMade, CueMatched, Track, WarningGiven
from coach.parameters import number, seconds
from coach.snapshot import Commitment, Noted, NotedCue, NotedWarning, Record
from rules.definition.roles import Role
from rules.definition.rule import Rule
from rules.definition.selection import chosen

DAY_KEPT_S = 120.0
"""Seconds for which a day that was spoken of is the day of an appointment whose time is named."""
_KEEP_SAID = 24
_CLAUSE_END = re.compile(r"(?<!\b[ap]\.m)[.?!;](?:\s|$)", re.IGNORECASE)


class RecordSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of a call."""

    matters: tuple[str, ...] | None = None
    """Rules on the customer's words that tell what had gone wrong: ids, or families; None means
    those with the role ``matter``."""
    wants: tuple[str, ...] | None = None
    """Rules on the customer's words that tell what they want: ids, or families such as
    ``note.*``; None means those with the role ``want``."""
    steps: tuple[str, ...] | None = None
    """Rules on the agent's words that tell what was done or will be; None: the role ``step``."""
    commitments: tuple[str, ...] | None = None
    """Rules on either side's words that make a promise; None: the role ``promise``."""
    most: Annotated[int, number(1, 1000, "entries")] = 200
    """Entries of one kind that are kept."""
    clause_words: Annotated[int, number(3, 200, "words")] = 30
    """A clause without punctuation is cut to so many words around the match."""
    opening_words: Annotated[int, number(1, 100, "words")] = 8
    """The customer's first sentence of at least so many words tells how they began; greetings and
    numbers are shorter."""
    opening_s: Annotated[float, seconds(0, 600)] = 30.0
    """Seconds after its beginning within which another one still belongs to it..."""
    openings: Annotated[int, number(0, 10)] = 2
    """...up to so many in all."""
    issue_words: Annotated[int, number(0, 50, "words")] = 6
    """The customer's matter fills a wording only if it has at most so many words."""


class CallRecord:
    """Gathers the record of one call."""

    def __init__(self, rules: Iterable[Rule], settings: RecordSettings) -> None:
        self._settings = settings
        self.take_rules(rules)
        self._started = ""
        self._said: deque[tuple[float, str]] = deque(maxlen=_KEEP_SAID)
        """What was said last by either side, with when it began."""
        self._openings: dict[Channel, list[Noted]] = {channel: [] for channel in Channel}
        self._matters: dict[str, Noted] = {}
        self._wants: dict[str, Noted] = {}
        self._steps: dict[str, Noted] = {}
        self._commitments: dict[str, Commitment] = {}
        self._warnings: list[NotedWarning] = []
        self._cues: dict[str, NotedCue] = {}
        self._view: Record | None = None

    def take_rules(self, rules: Iterable[Rule]) -> None:
        """Go by other rules; what is in the record stays."""
        rules, settings = tuple(rules), self._settings
        self._about_matters = chosen(rules, Role.MATTER, settings.matters)
        self._about_wants = chosen(rules, Role.WANT, settings.wants)
        self._about_steps = chosen(rules, Role.STEP, settings.steps)
        self._about_promises = chosen(rules, Role.PROMISE, settings.commitments)

    def begin(self, started: str) -> None:
        """The call began at this wall-clock time."""
        self._started = started

    def cue(self, match: CueMatched, rule: Rule) -> None:
        """A cue matched, perhaps on a draft only."""
        about_customer = rule.track is not Track.COACHING and match.channel is not Channel.AGENT
        if not about_customer or match.severity < 1 or not rule.family.is_cue:
            return
        utterance = next((e.utterance for e in match.because if e.utterance), None)
        self._cues[match.match] = NotedCue(
            at=match.start,
            end=match.end,
            channel=match.channel,
            utterance=utterance,
            text=match.text,
            match=match.match,
            rule=rule.id,
            title=rule.title,
            track=match.track,
            severity=match.severity,
        )
        self._view = None

    def forget(self, match: str) -> None:
        """A match was withdrawn or marked wrong."""
        if self._cues.pop(match, None) is not None:
            self._view = None

    def warning(self, given: WarningGiven) -> None:
        """The agent gave a warning."""
        self._warnings.append(
            NotedWarning(
                at=given.start,
                channel=given.channel,
                utterance=given.utterance,
                text=given.text,
                number=given.number,
            )
        )
        self._view = None

    def said(self, heard: HeardWords) -> None:
        """Somebody said something; how each side began is kept until it is known whose it is."""
        self._said.append((heard.start, heard.text))
        openings, settings = self._openings[heard.channel], self._settings
        words = heard.text.split()
        if len(openings) >= settings.openings or len(words) < settings.opening_words:
            return
        if openings and heard.start - openings[0].at > settings.opening_s:
            return
        most = 2 * settings.clause_words
        text = " ".join(words) if len(words) <= most else f"{' '.join(words[:most])} …"
        openings.append(
            Noted(at=heard.start, channel=heard.channel, utterance=heard.utterance, text=text)
        )
        self._view = None

    def swap(self) -> None:
        """The two sides were taken for each other."""
        self._openings = {
            side.other: [msgspec.structs.replace(one, channel=side.other) for one in noted]
            for side, noted in self._openings.items()
        }
        self._view = None

    def final(self, match: CueMatched, heard: HeardWords) -> list[CommitmentMade]:
        """A rule matched in final words; returns the promise they make, if any."""
        for about, entries in (
            (self._about_matters, self._matters),
            (self._about_wants, self._wants),
            (self._about_steps, self._steps),
        ):
            if match.rule in about:
                text = clause(heard.text, match, self._settings.clause_words)
                self._add(
                    entries,
                    Noted(
                        at=match.start,
                        channel=heard.channel,
                        utterance=heard.utterance,
                        text=text,
                    ),
                )
        if match.rule in self._about_promises:
            return self._promises(match, heard)
        return []

    def _add(self, entries: dict[str, Noted], noted: Noted) -> None:
        """Keep what was said, once: the same words again say nothing new."""
        key = noted.text.casefold()
        if key not in entries and len(entries) < self._settings.most:
            entries[key] = noted
            self._view = None

    def _promises(self, match: CueMatched, heard: HeardWords) -> list[CommitmentMade]:
        """Take in every promise of the clause around a match, and the dated ones beside it."""
        text = clause(heard.text, match, self._settings.clause_words)

        @functools.cache  # the parts of a clause are asked about more than once
        def due(part: str) -> str | None:
            return self._due(part, match)

        promised = [] if is_choice(text) else promises_in(text, due)
        if heard.channel is Channel.AGENT:
            for other in clauses(heard.text):
                if text not in other and other not in text:
                    promised += promises_beside(other, due)
        return [
            made for words, day in promised for made in self._commitment(words, day, match, heard)
        ]

    def _due(self, text: str, match: CueMatched) -> str | None:
        recent = tuple(said for said in self._said if match.start - said[0] <= DAY_KEPT_S)
        return due_date(text, self._started, match.start, recent)

    def _commitment(
        self, text: str, due: str | None, match: CueMatched, heard: HeardWords
    ) -> list[CommitmentMade]:
        key = f"{heard.utterance}:{text.casefold()}"
        if key in self._commitments or len(self._commitments) >= self._settings.most:
            return []
        for first, known in self._commitments.items():
            if self._again(known, text, due, heard):
                if heard.utterance != known.utterance:
                    again = (*known.again, match.start)
                    self._commitments[first] = msgspec.structs.replace(known, again=again)
                    self._view = None
                return []
        if self._only_sums_up(text, due, heard):
            return []
        made = Commitment(
            owner=heard.channel,
            text=text,
            due=due,
            at=match.start,
            utterance=heard.utterance,
        )
        self._commitments[key] = made
        self._view = None
        return [
            CommitmentMade(
                at=match.at,
                channel=heard.channel,
                start=match.start,
                end=match.end,
                utterance=heard.utterance,
                text=text,
                owner=heard.channel,
                due=due,
                because=match.because,
            )
        ]

    def _again(self, known: Commitment, text: str, due: str | None, heard: HeardWords) -> bool:
        """Whether a promise is one that was made already, confirmed: same person, same moment."""
        same_time = due is not None and known.due == due and known.owner is heard.channel
        return same_time and say_the_same(known.text, text)

    def _only_sums_up(self, text: str, due: str | None, heard: HeardWords) -> bool:
        """Whether a recap names what this person promised before, in whatever words.

        Behind "to recap" the same moment is enough, behind "so" the promise must tell nothing new
        either; and without a moment it must not. Another moment than any before is a promise.
        """
        how = summed_up(heard.text, max(0, heard.text.find(text)))
        if how is SummedUp.NOT:
            return False
        earlier = [
            one
            for one in self._commitments.values()
            if one.owner is heard.channel
            and one.utterance != heard.utterance
            and (due is None or one.due == due)
        ]
        if due is not None and how is SummedUp.PLAINLY:
            return bool(earlier)
        return sums_up(text, [one.text for one in earlier])

    def issue(self) -> str:
        """The customer's matter in a few words, as the agent would name it, or nothing."""
        for want in self._wants.values():
            named = matter(want.text, self._settings.issue_words)
            if named:
                return named
        return ""

    def view(self) -> Record:
        """The record as it stands."""
        if self._view is None:
            self._view = Record(
                opening=tuple(self._openings[Channel.CUSTOMER]),
                matters=tuple(self._matters.values()),
                wants=tuple(self._wants.values()),
                steps=tuple(self._steps.values()),
                commitments=tuple(self._commitments.values()),
                warnings=tuple(self._warnings),
                cues=tuple(sorted(self._cues.values(), key=lambda cue: cue.at)),
            )
        return self._view


def clauses(text: str) -> list[str]:
    """The clauses of an utterance, in order."""
    ends = [0, *(found.end() for found in _CLAUSE_END.finditer(text)), len(text)]
    return [text[one:two].strip() for one, two in itertools.pairwise(ends) if one < two]


def clause(text: str, match: CueMatched, most: int) -> str:
    """The clause around a match, in the speaker's own words; ``text`` is the whole utterance."""
    at = text.find(match.text) if match.text else 0
    at = max(at, 0)
    ends = [found.end() for found in _CLAUSE_END.finditer(text)]
    begin = max((end for end in ends if end <= at), default=0)
    stop = min((end for end in ends if end >= at + len(match.text)), default=len(text))
    words = text[begin:stop].split()
    if len(words) > most:
        before = len(text[begin:at].split())
        first = max(0, min(before - most // 4, len(words) - most))
        words = words[first : first + most]
    return " ".join(words)
