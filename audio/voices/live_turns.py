"""Who of two speaks, decided as the call goes on.

Pure: windows and speech in, one decision for every cell out, ``delay`` behind the sound. At first
there is one voice, the first one: whoever speaks is taken for it until two can be told apart, and
again where more speech shows that they were one. From then on the two are learnt anew every second
of speech, and the cheapest sequence of speakers over the last seconds decides (``turns``). A
decision stands; where the voices as they are known later say otherwise of a stretch, that is told
(``Rejudged``) and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from coach.parameters import seconds

from .both_talk import Stretches, both_talk
from .third_voice import Third, third_voice
from .trace import CLEAR, NO_WINDOWS, SeenWindows
from .turns import CELL, THIRD, UNSURE, Mask, VoiceTurn, cells_of, turns_of, without
from .two_views import PARTED, likeness_of, part, thinned
from .two_voices import APART, RETURNS, Voices, apart, steadied, tell_apart

FIRST_ALONE = 0.8
"""Confidence that speech is the first voice's before another was heard."""

LEARN = 5
"""Clear windows (1 s of speech) after which the voices are learnt anew."""

STAYS = 0.04
"""By how much more than ``apart`` asks for two who are told by their voices may become alike."""

OVERRULES = 5.0
"""``Parting.returns`` from which both views overrule what the voices alone tell."""

AT_LEAST = 6.0
"""``Parting.gain`` without which nobody is told by both views: one person's sounds come to 4
and more, and come and go, while little was heard."""

PART = 10
"""Of the windows learnt from, one in so many comes before the two are parted anew."""

COUNTED = 1200
"""Windows from which they are counted."""

MOST = 400
"""Windows from which they are learnt; of more every second one is dropped."""

SECOND_SPEAKS = 4.0
"""Clear windows of the second voice that it takes..."""

CLEARLY = 0.1
"""...and by how much less than ``apart`` asks for the cosine is, where..."""

SECOND_SPEAKS_CLEARLY = 2.0
"""...so many are enough, and each window is waited for alone."""

SEEN_BACK = 10.0
"""Seconds before a decision that weigh on it."""

LOOKED_BACK = 60.0
"""Seconds that are judged again when the voices are better known."""

LOOK_BACK = 10.0
"""Seconds between two such looks."""

OTHERWISE = 1.0
"""Seconds of speech from which it is told that a stretch was judged otherwise later."""


class LiveSplitSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one microphone is divided."""

    delay: Annotated[float, seconds(0.6, 5)] = 1.6
    """Seconds by which everything comes later, so that the voice is known."""


class Decision(NamedTuple):
    """Who speaks in one cell."""

    speaker: int
    """0 the first voice, 1 the second, ``turns.THIRD`` neither's."""
    confidence: float
    """0.5 to 1."""
    spoken: bool

    @property
    def sure(self) -> bool:
        """Whether the speaker may be named."""
        return self.speaker != THIRD and self.confidence >= UNSURE


class Rejudged(NamedTuple):
    """A stretch given to one voice that sounds like the other's, now that both are known."""

    start: float
    """Seconds from the beginning of the sound."""
    end: float
    speaker: int
    """Whose it probably is."""


class LiveTurns:
    """Decides cell by cell; see the head of this file."""

    def __init__(self, settings: LiveSplitSettings) -> None:
        self._delay = round(settings.delay / CELL)
        self._recent = NO_WINDOWS
        """Windows that may still be looked at."""
        self._clear = NO_WINDOWS
        """Those from which the voices are learnt."""
        self._unlearnt = 0
        self._by_voice: Voices | None = None
        """The two as their voices alone tell them, where they do."""
        self._learnt = NO_WINDOWS
        """Windows from which the two are parted by both views."""
        self._unparted = 0
        self._by_views: Voices | None = None
        """The two as both views part them, as they were last."""
        self._spoken: list[bool] = []
        self.decided: list[Decision] = []
        self.voices: Voices | None = None
        """None while only one voice is known."""
        self._next_look = 0
        """Cell from which the past is judged again."""
        self._told: set[int] = set()
        """Cells that were told of."""
        self._counted = NO_WINDOWS
        """Windows from which the voices are counted."""
        self._next_count = 0
        """Cell from which that is done again."""
        self._third: Third | None = None

    def push(self, seen: SeenWindows, spoken: Sequence[bool] | Mask) -> list[Decision]:
        """Take in what was seen, and speech cell by cell; returns what is decided now."""
        self._spoken += [bool(one) for one in spoken]
        self._recent = self._recent.join(seen)
        self._learn(seen)
        return self._decide(len(self._spoken) - self._delay)

    def both_talk(self) -> Stretches:
        """Where both talked in the last minute, as far as that is told."""
        return () if self.voices is None else both_talk(self._recent, self.voices)

    def finish(self) -> list[Decision]:
        """The sound is over: decide the rest."""
        return self._decide(len(self._spoken))

    # --- the voices -------------------------------------------------------------------------

    def _learn(self, seen: SeenWindows) -> None:
        clear = seen.where(seen.shares >= CLEAR)
        self._counted = thinned(self._counted.join(clear), COUNTED)
        self._tell_by_voice(clear)
        self._part(seen.where(seen.shares >= PARTED))
        voices = self._by_voice if self._by_views is None else self._by_views
        if voices is not None and self.voices is not None and voices is not self.voices:
            voices = _named(voices, self.voices, self._learnt)
        self.voices = voices

    def _part(self, fresh: SeenWindows) -> None:
        """Look for two by both views."""
        if not len(fresh.shares):
            return
        self._learnt = thinned(self._learnt.join(fresh))
        self._unparted += len(fresh.shares)
        if self._unparted < max(LEARN, len(self._learnt.shares) // PART):
            return
        self._unparted = 0
        before = self._by_views
        found = part(self._of_two(self._learnt), self._by_voice if before is None else before)
        if before is not None:
            least = RETURNS / 2
        else:
            least = RETURNS if self._by_voice is None else OVERRULES
        if (
            found is None
            or found.parting is None
            or found.parting.returns < least
            or found.parting.gain < AT_LEAST
        ):
            self._by_views = None
        else:
            self._by_views = found if before is None else _named(found, before, self._learnt)

    def _tell_by_voice(self, clear: SeenWindows) -> None:
        """Look for two by their voices."""
        if not len(clear.shares):
            return
        self._clear = self._clear.join(clear)
        self._unlearnt += len(clear.shares)
        if self._unlearnt < LEARN:
            if self._by_voice is None:
                self._open_early()
            return
        self._unlearnt = 0
        if len(self._clear.shares) > MOST:
            self._clear = self._clear.where(slice(None, None, 2))
        clear = self._of_two(self._clear)
        found = tell_apart(steadied(clear.vectors, clear.middles), clear.shares)
        if found is None:
            return
        if self._by_voice is not None:
            most = min(APART, apart(len(self._clear.shares)) + STAYS)
            alike = found.alike > (APART if self._by_views is not None else most)
            self._by_voice = None if alike else _named(found, self._by_voice, self._clear)
        elif _two(found, len(self._clear.shares)):
            self._by_voice = found

    def _open_early(self) -> None:
        """Between two looks: a second voice so unlike the first that little of it is enough.

        What it says until it is known counts as the first one's for good.
        """
        found = tell_apart(steadied(self._clear.vectors, self._clear.middles), self._clear.shares)
        if found is not None and _clearly_two(found, len(self._clear.shares)):
            self._by_voice = found

    # --- decisions --------------------------------------------------------------------------

    def _decide(self, until: int) -> list[Decision]:
        first = len(self.decided)
        if until <= first:
            return []
        turns = self._judged(first - round(SEEN_BACK / CELL))
        fresh = [self._decision(cell, turns) for cell in range(first, until)]
        self.decided += fresh
        oldest = until * CELL - LOOKED_BACK - SEEN_BACK
        self._recent = self._recent.where(self._recent.middles >= oldest)
        return fresh

    def _decision(self, cell: int, turns: Sequence[VoiceTurn]) -> Decision:
        spoken = self._spoken[cell]
        if self.voices is None:
            return Decision(0, FIRST_ALONE, spoken)
        at = (cell + 0.5) * CELL
        turn = next((one for one in turns if one.start <= at < one.end), None)
        if turn is None:
            before = self.decided[-1] if self.decided else Decision(0, FIRST_ALONE, spoken)
            return before._replace(spoken=spoken)
        return Decision(turn.speaker, turn.confidence, spoken)

    def _judged(self, low: int) -> list[VoiceTurn]:
        """The turns from cell ``low`` on, by the voices as they are known now."""
        low = max(0, low)
        if self.voices is None:
            return []
        spoken = np.array(self._spoken[low:], np.bool_)
        near = self._recent.where(self._recent.middles >= (low - 4) * CELL)
        likely = likeness_of(near, self.voices)
        cells = cells_of(likely, near.middles - low * CELL, near.shares, len(spoken))
        shift = low * CELL
        turns = turns_of(cells, spoken)
        if self._third is not None:
            here = near._replace(middles=near.middles - shift)
            turns = without(turns, self._third.turns(here, spoken), spoken)
        return [
            msgspec.structs.replace(turn, start=turn.start + shift, end=turn.end + shift)
            for turn in turns
        ]

    # --- second thoughts --------------------------------------------------------------------

    def rejudged(self) -> list[Rejudged]:
        """Stretches that the voices, as they are known by now, give to the other one."""
        now = len(self.decided)
        if self.voices is None or now < self._next_look:
            return []
        self._next_look = now + round(LOOK_BACK / CELL)
        found: list[Rejudged] = []
        for turn in self._judged(now - round(LOOKED_BACK / CELL)):
            wrong = self._otherwise(turn) if turn.sure else []
            if len(wrong) * CELL >= OTHERWISE:
                self._told.update(wrong)
                found.append(Rejudged(wrong[0] * CELL, (wrong[-1] + 1) * CELL, turn.speaker))
        return found

    def third(self) -> Third | None:
        """A third voice, from when on it is known; looked for now and then.

        Whatever it says from there on is neither's.
        """
        if self._third is not None or self.voices is None or len(self.decided) < self._next_count:
            return self._third
        self._next_count = len(self.decided) + round(LOOK_BACK / CELL)
        self._third = third_voice(self._counted)
        return self._third

    def _of_two(self, seen: SeenWindows) -> SeenWindows:
        """The windows but for those of a third voice, where one is known."""
        if self._third is None:
            return seen
        return seen.where(self._third.nearer(seen.vectors) <= 0)

    def _otherwise(self, turn: VoiceTurn) -> list[int]:
        """Cells of a turn that were given to the other voice, and not told of yet."""
        first, last = round(turn.start / CELL), min(round(turn.end / CELL), len(self.decided))
        return [
            cell
            for cell in range(first, last)
            if self.decided[cell].spoken
            and self.decided[cell].speaker == 1 - turn.speaker
            and cell not in self._told
        ]


def _two(found: Voices, windows: int) -> bool:
    """Whether these are two people, as far as so many windows tell."""
    return _clearly_two(found, windows) or (
        found.alike <= apart(windows) and found.share * windows >= SECOND_SPEAKS
    )


def _clearly_two(found: Voices, windows: int) -> bool:
    """Whether these are two people beyond the doubt that more speech would take away."""
    return (
        found.alike <= apart(windows) - CLEARLY and found.share * windows >= SECOND_SPEAKS_CLEARLY
    )


def _named(found: Voices, before: Voices, seen: SeenWindows) -> Voices:
    """The voices found anew under the names they had, by whose ``seen`` are."""
    same = (likeness_of(seen, found) > 0) == (likeness_of(seen, before) > 0)
    return (
        found if 2 * float(seen.shares[same].sum()) >= float(seen.shares.sum()) else found.turned()
    )
