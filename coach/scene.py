"""What conditions look at: the words that arrive, the tracked state, and what came true before.

``Scene`` holds what is tracked over the call, ``Heard`` the words of one draft or final text,
``Moment`` the occasion. A ``Test`` answers a moment with a ``Truth`` (why, and whether these
very words made it so) or None. ``Past`` remembers when a test came true.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable

from coach.events import Channel, Evidence, Level, Word
from coach.mood import MoodTracker
from coach.sentiment import TextScore
from coach.turns import TurnTracker
from rules.matcher import Found, Hit


class Heard:
    """Words that have just arrived, a draft or final."""

    __slots__ = ("channel", "end", "final", "found", "score", "start", "text", "utterance", "words")

    def __init__(
        self, span: tuple[Channel, float, float], utterance: str, text: str, found: Found
    ) -> None:
        self.channel, self.start, self.end = span
        self.utterance = utterance
        self.text = text
        self.found = found
        self.final = False
        self.words: tuple[Word, ...] = ()
        self.score: TextScore | None = None
        """Set on final words."""

    def evidence(self, rule: str, hit: Hit) -> Evidence:
        """The matched words with their times; reckoned where words carry none."""
        count = max(1, len(self.text.split()))
        if len(self.words) == count:
            start, end = self.words[hit.first].start, self.words[hit.last].end
        else:
            length = (self.end - self.start) / count
            start = self.start + hit.first * length
            end = self.start + (hit.last + 1) * length
        return Evidence(
            rule=rule,
            utterance=self.utterance,
            channel=self.channel,
            start=round(start, 3),
            end=round(end, 3),
            text=hit.text,
            note=hit.guard,
        )


class Seen:
    """One match of a rule, as other rules see it."""

    __slots__ = ("at", "because", "cue", "end", "guarded", "start")

    def __init__(
        self, cue: str, span: tuple[float, float], at: float, because: tuple[Evidence, ...]
    ) -> None:
        self.cue = cue
        self.start, self.end = span
        self.at = at
        self.because = because
        self.guarded = False


def _end(seen: Seen) -> float:
    return seen.end


class Scene:
    """Everything a state condition may ask about."""

    def __init__(self, turns: TurnTracker, mood: MoodTracker) -> None:
        self.turns = turns
        self.mood = mood
        """The customer's."""
        self.loud: dict[Channel, float | None] = dict.fromkeys(Channel)
        """dB over the channel's own usual level, while it speaks."""
        self.raised: dict[Channel, float | None] = dict.fromkeys(Channel)
        """How surely the channel's voice is raised, 0 to 1."""
        self.level = Level.CALM
        self.began = 0.0
        self.seen: dict[str, list[Seen]] = {}
        """Matches by rule, oldest first."""
        self._logs: dict[tuple[str, ...], list[Seen]] = {}
        self._logs_of: dict[str, list[list[Seen]]] = {}

    def log(self, rules: tuple[str, ...]) -> list[Seen]:
        """The unguarded matches of several rules, by where they ended; kept up to date.

        To be asked for before the first match.
        """
        if rules not in self._logs:
            self._logs[rules] = []
            for rule in rules:
                self._logs_of.setdefault(rule, []).append(self._logs[rules])
        return self._logs[rules]

    def see(self, rule: str, seen: Seen) -> None:
        """A rule matched; a match with the same identifier is replaced."""
        self.forget(rule, seen.cue)
        self.seen.setdefault(rule, []).append(seen)
        if not seen.guarded:
            for log in self._logs_of.get(rule, ()):
                bisect.insort(log, seen, key=_end)

    def forget(self, rule: str, cue: str) -> None:
        """A match was withdrawn, or the agent marked it wrong."""
        for known in (self.seen.get(rule, []), *self._logs_of.get(rule, ())):
            known[:] = [seen for seen in known if seen.cue != cue]


class Moment:
    """The occasion on which conditions are looked at."""

    __slots__ = ("heard", "now", "scene")

    def __init__(self, now: float, scene: Scene, heard: Heard | None = None) -> None:
        self.now = now
        self.scene = scene
        self.heard = heard


class Truth:
    """A condition held: why, and whether these very words made it so."""

    __slots__ = ("because", "fresh", "guarded")

    def __init__(
        self, because: tuple[Evidence, ...], *, fresh: bool = False, guarded: bool = False
    ) -> None:
        self.because = because
        self.fresh = fresh
        self.guarded = guarded
        """The words were negated or quoted."""


Test = Callable[[Moment], Truth | None]


class Past:
    """When a part of a Count, Sequence or NotFollowed came true."""

    __slots__ = ("_held", "_test", "times")

    def __init__(self, test: Test) -> None:
        self._test = test
        self._held = False
        self.times: list[Seen] = []

    def feed(self, moment: Moment) -> None:
        """Look at the part on this occasion and remember it if it came true."""
        truth = self._test(moment)
        heard = moment.heard
        if heard is None:
            if truth is not None and not self._held:
                span = (moment.now, moment.now)
                self.times.append(Seen("", span, moment.now, truth.because))
            self._held = truth is not None
        elif truth is not None and truth.fresh and not truth.guarded:
            self.forget(heard.utterance)
            spans = [e for e in truth.because if e.utterance == heard.utterance]
            start = min((e.start for e in spans if e.start is not None), default=heard.start)
            end = max((e.end for e in spans if e.end is not None), default=heard.end)
            self.times.append(Seen(heard.utterance, (start, end), moment.now, truth.because))
        elif heard.final:
            self.forget(heard.utterance)

    def forget(self, utterance: str) -> None:
        """The words of ``utterance`` no longer count."""
        if self.times and self.times[-1].cue == utterance:
            self.times.pop()
        elif self.times:
            self.times = [seen for seen in self.times if seen.cue != utterance]
