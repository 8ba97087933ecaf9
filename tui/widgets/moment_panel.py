"""What is at the cursor: a card or another moment, why it came or did not, what was said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.widget import Widget

from coach.events.lengths import clock
from coach.notes.review.laid_over import mark_words
from coach.notes.review.past_call import Moment, MomentKind
from coach.notes.review.review_requests import Remark
from tui.wording import REVIEWED_SIDES, mark_sign, reason

from .hanging import hung

SIGNS = {
    MomentKind.CARD: "● CARD",
    MomentKind.KEPT_BACK: "○ KEPT BACK",
    MomentKind.CUE: "◆ CUE",
    MomentKind.SILENCE: "· SILENCE",
    MomentKind.HOLD: "h HOLD",
    MomentKind.TALK_OVER: "x TALK-OVER",
    MomentKind.OFF_RECORD: "░ OFF THE RECORD",
    MomentKind.LEVEL: "LEVEL",
    MomentKind.SIDES: "⇄ SIDES",
    MomentKind.VOICES: "+ THIRD VOICE",
    MomentKind.OTHERWISE: "≠ OTHERWISE",
}


MORE = "  … Enter shows the rest"
LEGEND = (
    "",
    "● card shown   ○ card kept back   ◆ cue",
    "x talk-over   · silence   h hold   ✎ put right",
    "▸ bookmark; marked ✓ right, ✗ wrong, … late, ! missed",
)
"""The signs, for whoever sees them for the first time."""


def headline(moment: Moment) -> Content:
    """What it is, on one line."""
    rule = f"  rule {moment.rule}" if moment.rule and moment.kind is not MomentKind.MARK else ""
    fate = f"  {moment.fate}" if moment.fate else ""
    sign = SIGNS.get(moment.kind) or f"{mark_sign(moment.title)} MARK"
    return Content.assemble(
        (f"{sign} {clock(moment.at)}  ", "bold $accent"),
        (moment.title, "bold"),
        (f"{fate}{rule}", "$quiet"),
    )


def explained(moment: Moment, remarks: tuple[Remark, ...], *, full: bool) -> Iterator[Content]:
    """Everything about it; ``full`` adds the limits of its rule."""
    yield headline(moment)
    for remark in remarks:
        if moment.kind is not MomentKind.MARK:
            words = mark_words(remark)
            yield Content.assemble((f"  {mark_sign(words)} ", "$accent"), (words, "bold"))
    if moment.say:
        yield Content.assemble(("  to say   ", "$quiet"), f"“{moment.say}”")
    for evidence in moment.because:
        words = reason(evidence, at_length=full, sides=REVIEWED_SIDES)
        rule = evidence.rule or ""
        named = "" if rule in words or rule == moment.rule else f"  rule {rule}"
        yield Content.assemble(("  why      ", "$quiet"), words, (named, "$quiet"))
    label = "  why not  " if moment.kind is MomentKind.KEPT_BACK else "  needed   "
    for words in moment.needed:
        yield Content.assemble((label, "$quiet"), words)
    if full and moment.limits:
        yield Content("")
        yield Content.styled("Limits of its rule", "bold")
        for limit in moment.limits:
            yield Content(f"  {limit}")


class MomentPanel(Widget):
    """As much of it as fits; Enter shows all."""

    def __init__(self) -> None:
        super().__init__(id="moment", classes="panel")
        self._content: list[Content] = []
        self._more = False

    def show_moment(
        self, moment: Moment | None, remarks: tuple[Remark, ...], otherwise: Sequence[str]
    ) -> None:
        """Show a moment; ``otherwise`` is said where there is none."""
        if moment is None:
            self._content = [Content.styled(words, "$quiet") for words in (*otherwise, *LEGEND)]
        else:
            self._content = list(explained(moment, remarks, full=False))
        self._more = moment is not None
        self.refresh()

    def render(self) -> Content:
        """The lines, a hint last where some of a moment did not fit."""
        width, height = self.content_size
        rows = hung(Content("\n").join(self._content), width).split("\n", allow_blank=True)
        if self._more and len(rows) > height > 0:
            rows = [*rows[: height - 1], Content.styled(MORE, "$quiet")]
        return Content("\n").join(rows)
