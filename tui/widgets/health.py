"""How the sound of each side is doing, and how far the words lag behind: always visible."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from coach.snapshot import ChannelHealth, Snapshot
from tui.wording import SIDES

METER = 6
"""Cells of a level meter, 10 dB each from -60 dBFS to 0."""
SILENT_AFTER = 15.0
"""Seconds without sound above the noise floor after which a side is called silent: longer than
a person listens without a breath being heard on an open line."""
LOST_NOTABLE = 0.5
"""Seconds of lost sound worth naming: about a word and a half."""
LAG_NOTABLE = 3.0
"""Seconds after which the words come too late to be answered in the same breath."""


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
        """The line."""
        roomy = self.size.width >= 76
        if not self._health:
            return Content.styled("sound: none yet", "$quiet")
        parts = [_side(health, roomy=roomy) for health in self._health]
        parts.append(_lag_words(self._lag))
        return Content("   " if roomy else "  ").join(parts)


def meter(dbfs: float | None) -> str:
    """A level as filled cells, e.g. ``███···``."""
    if dbfs is None:
        return "·" * METER
    filled = min(METER, max(0, round((dbfs + 60) / 10)))
    return "█" * filled + "·" * (METER - filled)


def _side(health: ChannelHealth, *, roomy: bool) -> Content:
    name = SIDES[health.channel]
    if health.dbfs is None:
        return Content.assemble(f"{name} ", ("NO SOUND YET", "bold $notice"))
    troubles = []
    if health.silent_for >= SILENT_AFTER:
        troubles.append(f"SILENT {health.silent_for:.0f} s")
    if health.clipping:
        troubles.append("CLIPPING")
    if health.lost >= LOST_NOTABLE:
        troubles.append(f"LOST {health.lost:.1f} s")
    style = "bold $foreground" if health.speaking else "$quiet"
    bar = meter(health.dbfs)
    said = " ".join(troubles)
    if said and not roomy:
        return Content.assemble((f"{name} ", style), (said, "bold $notice"))
    parts: list[Content | tuple[str, str]] = [(f"{name} {bar}", style)]
    if said:
        parts.append((f" {said}", "bold $notice"))
    elif roomy:
        parts.append((" speaking" if health.speaking else " ok      ", "$quiet"))
    return Content.assemble(*parts)


def _lag_words(lag: float | None) -> Content:
    if lag is None:
        return Content.styled("lag -", "$quiet")
    if lag >= LAG_NOTABLE:
        return Content.styled(f"LAGGING {lag:.1f} s", "bold $notice")
    return Content.styled(f"lag {lag:.1f} s", "$quiet")
