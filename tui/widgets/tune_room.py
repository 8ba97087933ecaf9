"""How much of the tuning screen a terminal has room for, and its first and last lines in it."""

from __future__ import annotations

from pathlib import Path

import msgspec
from textual.content import Content

from coach.notes.tuning.tuning_desk import CallsTried, RuleRow

LOW, TALL = 30, 44
"""Lines under which little is shown, and from which much is."""
SHORT, TINY = 20, 16
"""Lines under which the curve gives way, and under which one figure is named at a time."""
TIGHT = 60
"""Columns under which figures stand close and only the keys needed most are named."""
BARE = 40
"""Columns under which shares are told without their intervals."""
NARROW = 100
"""Columns under which only what is needed most is said."""
KEYS = (
    ("←→", "turn"), ("↑↓", "figure"), ("u", "undo"), ("r", "rule"), ("s", "save"),
    ("p", "publish"), ("v", "versions"), ("w", "wordings"), ("PgDn", "moments"),
    ("q", "quit"), ("?", "help"),
)  # fmt: skip
NEEDED_MOST = ("←→", "↑↓", "s", "?")
"""Keys that a small screen names."""


class TuneRoom(msgspec.Struct, frozen=True):
    """A terminal's size, and what follows from it."""

    columns: int
    lines: int

    @property
    def width(self) -> int:
        """Columns of a line, within the margins."""
        return self.columns - 2

    @property
    def is_small(self) -> bool:
        """Whether what is told lies over the figures, and few keys are named."""
        return self.is_tight or self.lines < SHORT

    @property
    def is_tight(self) -> bool:
        """Whether columns are no wider than what stands in them."""
        return self.columns < TIGHT

    @property
    def is_bare(self) -> bool:
        """Whether intervals have no room."""
        return self.columns < BARE

    @property
    def is_low(self) -> bool:
        """Whether what matters less is left out."""
        return self.lines < LOW

    @property
    def has_one_list(self) -> bool:
        """Whether moments that are gained and lost stand in one list."""
        return self.is_tight and self.is_low

    @property
    def dials(self) -> int:
        """How many figures of the rule are named at a time."""
        if self.lines < TINY:
            return 1
        return 3 if self.is_low else 5 if self.lines < TALL else 8

    def keys(self) -> Content:
        """The keys, on as many lines as they take."""
        lines = [Content("")]
        for key, words in KEYS:
            if self.is_small and key not in NEEDED_MOST:
                continue
            one = Content.assemble((key, "bold"), f" {words}")
            if lines[-1].cell_length and lines[-1].cell_length + 2 + one.cell_length > self.width:
                lines.append(Content(""))
            lines[-1] += ("  " if lines[-1].cell_length else "") + one
        return Content("\n").join(lines)

    def head(self, rule: RuleRow, progress: CallsTried, overlay: str) -> Content:
        """The rule, what has come in, and where it would be saved; the title gives way."""
        narrow = self.width < NARROW
        come = f"{progress.near} of {progress.of} calls"
        if progress.whole < progress.of and not narrow:
            come += f" at this value, {progress.whole} over the whole curve"
        trouble = (f"  {progress.trouble}", "$notice") if progress.trouble else ""
        if self.is_tight:
            rest = Content.assemble(f"  {come}", trouble)
            name = Content.styled(rule.rule, "bold")
            return name.truncate(max(6, self.width - rest.cell_length), ellipsis=True) + rest
        into = "no overlay to save into"
        if overlay:
            into = f"saves into {Path(overlay).name if narrow else overlay}"
        rest = Content.assemble(
            (f"  {rule.rule}  ", "$quiet"), come, (f"  {into}", "$quiet"), trouble
        )
        title = Content.styled(rule.title, "bold")
        return title.truncate(max(12, self.width - rest.cell_length), ellipsis=True) + rest
