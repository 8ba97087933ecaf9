"""How the sound of each side is doing: always visible; and how late the words come, if they do."""

from __future__ import annotations

import enum

from textual.content import Content
from textual.widget import Widget

from coach.events import Channel
from coach.snapshot import ChannelHealth, Snapshot

NAMES: dict[Channel, str] = {
    Channel.AGENT: "you",
    Channel.CUSTOMER: "customer",
    Channel.MIXED: "both voices",
}
METER = 6
"""Cells of a level meter, 10 dB each from -60 dBFS to 0."""
SILENCES: dict[Channel, frozenset[str]] = {
    Channel.AGENT: frozenset({"silent_agent", "microphone"}),
    Channel.CUSTOMER: frozenset({"silent_customer", "far_end"}),
}
"""Troubles that make a side's silence a fault; a person may listen for a minute without one."""
SILENT_AFTER = 5.0
"""Seconds before such a silence is named; a pause in speech is shorter."""
NEVER_HEARD = 20.0
"""Seconds after which a side that has not been heard at all stands out."""
LOST_NOTABLE = 0.5
"""Seconds of lost sound worth naming: about a word and a half."""
LAG_NOTABLE = 3.0
"""Seconds after which the words come too late to be answered in the same breath."""


class HealthDetail(enum.Enum):
    """How much of the line is written out."""

    FULL = enum.auto()
    NARROW = enum.auto()
    """A side's trouble in the place of its meter."""
    SHORT = enum.auto()
    """Only the worst trouble of a side; the rest stands in the transcript."""
    TINY = enum.auto()
    """The same without figures, and with shorter names."""


class HealthLine(Widget):
    """One line: each side's meter or its trouble, then the lag."""

    def __init__(self, *, live: bool) -> None:
        """``live``: sound is expected of each side; the replay of a transcript has none."""
        super().__init__(id="health")
        self._live = live
        self._health: tuple[ChannelHealth, ...] = ()
        self._lag: float | None = None
        self._troubles: frozenset[str] = frozenset()

    def show(self, snapshot: Snapshot) -> None:
        """Draw the sound of this moment."""
        troubles = frozenset(trouble.component for trouble in snapshot.trouble)
        now = (snapshot.health, None if snapshot.ended else snapshot.lag, troubles)
        if now != (self._health, self._lag, self._troubles):
            self._health, self._lag, self._troubles = now
            self.refresh()

    def render(self) -> Content:
        """The line in the fullest of its forms that fits."""
        if not self._health:
            return Content.styled("sound: none yet", "$quiet")
        for form in HealthDetail:
            line = self._line(form)
            if line.cell_length <= self.size.width:
                break
        return line

    def _line(self, form: HealthDetail) -> Content:
        expected = self._live or any(health.dbfs is not None for health in self._health)
        parts = [
            _side(health, form, _troubles(health, self._troubles) if expected else [])
            for health in self._health
        ]
        if self._lag is not None and self._lag >= LAG_NOTABLE:
            parts.append(Content.styled(f"WORDS {self._lag:.1f} s LATE", "bold $notice"))
        return Content("   " if form is HealthDetail.FULL else "  ").join(parts)


def meter(dbfs: float | None) -> str:
    """A level as filled cells, e.g. ``▪▪▪···``."""
    if dbfs is None:
        return "·" * METER
    filled = min(METER, max(0, round((dbfs + 60) / 10)))
    return "▪" * filled + "·" * (METER - filled)


def _troubles(health: ChannelHealth, known: frozenset[str]) -> list[str]:
    """What is wrong with a side, the worst first."""
    if health.dbfs is None:
        return ["NO SOUND YET"] if health.silent_for >= NEVER_HEARD else []
    troubles = []
    faulty = SILENCES.get(health.channel, frozenset()) & known
    if faulty and health.silent_for >= SILENT_AFTER:
        troubles.append(f"SILENT {health.silent_for:.0f} s")
    if health.clipping:
        troubles.append("CLIPPING")
    if health.lost >= LOST_NOTABLE:
        troubles.append(f"LOST {health.lost:.1f} s")
    return troubles


def _side(health: ChannelHealth, form: HealthDetail, troubles: list[str]) -> Content:
    called = NAMES[health.channel]
    if form in {HealthDetail.SHORT, HealthDetail.TINY}:
        troubles = troubles[:1]
    if form is HealthDetail.TINY:
        troubles = [" ".join(word for word in said.split() if word.isupper()) for said in troubles]
        called = called[:4]
    name = Content.styled(f"{called} ", "bold $foreground" if health.speaking else "$quiet")
    said = Content.styled("  ".join(troubles), "bold $notice")
    bar = Content.styled(meter(health.dbfs), "$quiet")
    if form is not HealthDetail.FULL:
        return Content("").join([name, said or bar])
    state = said or Content.styled("speaking" if health.speaking else " " * 8, "$quiet")
    return Content("").join([name, bar, Content(" "), state])
