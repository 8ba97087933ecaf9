"""How the sound of each side is doing, and how far the words lag behind: always visible."""

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
SILENT_AFTER = 15.0
"""Seconds without sound above the noise floor after which a side is called silent: longer than
a person listens without a breath being heard on an open line."""
LOST_NOTABLE = 0.5
"""Seconds of lost sound worth naming: about a word and a half."""
LAG_NOTABLE = 3.0
"""Seconds after which the words come too late to be answered in the same breath."""


class Form(enum.Enum):
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

    def __init__(self) -> None:
        super().__init__(id="health")
        self._health: tuple[ChannelHealth, ...] = ()
        self._lag: float | None = None

    def show(self, snapshot: Snapshot) -> None:
        """Draw the sound of this moment."""
        if (snapshot.health, snapshot.lag) != (self._health, self._lag):
            self._health, self._lag = snapshot.health, snapshot.lag
            self.refresh()

    def render(self) -> Content:
        """The line in the fullest of its forms that fits."""
        if not self._health:
            return Content.styled("sound: none yet", "$quiet")
        for form in Form:
            line = self._line(form)
            if line.cell_length <= self.size.width:
                break
        return line

    def _line(self, form: Form) -> Content:
        parts = [_side(health, form) for health in self._health]
        gap = "   " if form is Form.FULL else "  "
        return Content(gap).join([*parts, _lag_words(self._lag)])


def meter(dbfs: float | None) -> str:
    """A level as filled cells, e.g. ``▪▪▪···``."""
    if dbfs is None:
        return "·" * METER
    filled = min(METER, max(0, round((dbfs + 60) / 10)))
    return "▪" * filled + "·" * (METER - filled)


def _troubles(health: ChannelHealth) -> list[str]:
    """What is wrong with a side, the worst first."""
    if health.dbfs is None:
        return ["NO SOUND YET"]
    troubles = []
    if health.silent_for >= SILENT_AFTER:
        troubles.append(f"SILENT {health.silent_for:.0f} s")
    if health.clipping:
        troubles.append("CLIPPING")
    if health.lost >= LOST_NOTABLE:
        troubles.append(f"LOST {health.lost:.1f} s")
    return troubles


def _side(health: ChannelHealth, form: Form) -> Content:
    troubles = _troubles(health)
    called = NAMES[health.channel]
    if form in {Form.SHORT, Form.TINY}:
        troubles = troubles[:1]
    if form is Form.TINY:
        troubles = [" ".join(word for word in said.split() if word.isupper()) for said in troubles]
        called = called[:4]
    name = Content.styled(f"{called} ", "bold $foreground" if health.speaking else "$quiet")
    said = Content.styled(" ".join(troubles), "bold $notice")
    bar = Content.styled(meter(health.dbfs), "$quiet")
    if form is not Form.FULL:
        return Content("").join([name, said or bar])
    state = said or Content.styled("speaking" if health.speaking else "ok      ", "$quiet")
    return Content("").join([name, bar, Content(" "), state])


def _lag_words(lag: float | None) -> Content:
    if lag is None:
        return Content.styled("lag -", "$quiet")
    if lag >= LAG_NOTABLE:
        return Content.styled(f"LAG {lag:.1f} s", "bold $notice")
    return Content.styled(f"lag {lag:.1f} s", "$quiet")
