"""The transcript of a past call, its cards between the lines; the one at the cursor stands out.

``◆`` is a line in which a cue was heard, ``●`` a card, ``○`` one that was kept back, ``?`` doubtful
words, ``░`` a stretch off the record, ``≠`` a card that only one of two sets of rules shows, ``✎``
a line that a reviewer put right: what was heard stays under it.
"""

from __future__ import annotations

import msgspec
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from coach.events import Channel
from coach.events.lengths import clock
from coach.notes.review.laid_over import ShownLine
from coach.notes.review.past_call import Moment, MomentKind
from tui.wording import mark_sign

SIDES = {Channel.CUSTOMER: "customer", Channel.AGENT: "agent", Channel.MIXED: "both"}
HEAD = 19
"""Columns of time, side and sign."""
BETWEEN = {
    MomentKind.CARD: "●",
    MomentKind.KEPT_BACK: "○",
    MomentKind.OFF_RECORD: "░",
    MomentKind.SIDES: "⇄",
    MomentKind.VOICES: "+",
    MomentKind.OTHERWISE: "≠",
    MomentKind.MARK: "",
}
"""Signs of what stands between the lines; a mark has that of its verdict."""


class PastRow(msgspec.Struct, frozen=True):
    """One drawn row."""

    utterance: str
    """The line that it belongs to; empty for a card."""
    at: float
    strip: Strip


class PastTranscript(ScrollView):
    """All lines of the call."""

    can_focus = False
    COMPONENT_CLASSES = {  # noqa: RUF012 - Textual declares it as a plain set
        "past--customer",
        "past--agent",
        "past--quiet",
        "past--card",
        "past--hit",
    }

    def __init__(self) -> None:
        super().__init__(id="past-transcript")
        self._lines: tuple[ShownLine, ...] = ()
        self._moments: tuple[Moment, ...] = ()
        self._hits: frozenset[str] = frozenset()
        self._words: tuple[str, ...] = ()
        self._rows: list[PastRow] = []
        self._current = ""

    def show_call(self, lines: tuple[ShownLine, ...], moments: tuple[Moment, ...]) -> None:
        """Show these lines, and the cards among the moments between them."""
        self._lines, self._moments = lines, moments
        self._lay_out()

    def show_hits(self, words: str, utterances: frozenset[str]) -> None:
        """Let the words that were searched stand out."""
        self._words, self._hits = tuple(words.casefold().split()), utterances
        self._lay_out()

    def show_current(self, utterance: str, at: float) -> None:
        """Let this line stand out, and the place be seen."""
        self._current = utterance
        self._go_to(at)
        self.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        """Wrap anew."""
        self._lay_out()

    def _go_to(self, at: float) -> None:
        number = 0
        for index, row in enumerate(self._rows):
            if row.at > at + 0.05:
                break
            number = index
        height = self.size.height
        top = number - height // 2
        own = [index for index, row in enumerate(self._rows) if row.utterance == self._current]
        first = own[0] if self._current and own else number
        if number - height < first < top or number in own:
            top = min(top, first)  # a line is read from its beginning
        self.scroll_to(y=max(0, min(self.max_scroll_y, top)), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """One row of the view."""
        width, index = self.size.width, self.scroll_offset.y + y
        if not 0 <= index < len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[index]
        strip = row.strip.extend_cell_length(width, self.rich_style).crop(0, width)
        if row.utterance and row.utterance == self._current:
            strip = strip.apply_style(Style(bold=True, bgcolor=self._highlight()))
        return strip

    def _highlight(self) -> str:
        return str(self.app.theme_variables.get("card", "#1d2733"))

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width <= HEAD:
            return
        entries: list[ShownLine | Moment] = [*self._lines]
        entries += [moment for moment in self._moments if moment.kind in BETWEEN]
        entries.sort(key=lambda entry: (_at(entry), isinstance(entry, Moment)))
        self._rows = [row for entry in entries for row in self._drawn(entry, width)]
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def _drawn(self, entry: ShownLine | Moment, width: int) -> list[PastRow]:
        if isinstance(entry, Moment):
            return self._card(entry, width)
        side = "past--agent" if entry.channel is Channel.AGENT else "past--customer"
        style = self.get_component_rich_style(side)
        quiet = self.get_component_rich_style("past--quiet")
        put_right = entry.corrected
        sign = "✎" if put_right else "?" if entry.heard.doubtful else "◆" if _cues(entry) else " "
        head = Text.assemble(
            (f"{clock(entry.start):>7} ", quiet),
            (f"{SIDES[entry.channel]:>8} ", style + Style(bold=True)),
            (f"{sign} ", self.get_component_rich_style("past--card")),
        )
        announced = entry.heard.announcement
        said = f"announcement: {entry.text}" if announced else entry.text
        body = Text(said, style=quiet if entry.heard.doubtful or announced else style)
        if entry.heard.utterance in self._hits:
            hit = self.get_component_rich_style("past--hit")
            for word in self._words:
                body.highlight_words([word], hit, case_sensitive=False)
        rows = self._wrapped(head, body, entry, width)
        if put_right is not None:
            was = [] if put_right.text is None else [f"heard: {entry.heard.text}"]
            was += [f"heard as the {SIDES[entry.heard.channel]}"] if put_right.other_side else []
            told = f"{'; '.join(was)}  ({put_right.who}, {put_right.when})"
            rows += self._wrapped(Text(" " * HEAD), Text(told, style=quiet), entry, width)
        return rows

    def _card(self, moment: Moment, width: int) -> list[PastRow]:
        quiet = self.get_component_rich_style("past--quiet")
        loud = self.get_component_rich_style("past--card")
        shown = moment.kind not in (MomentKind.KEPT_BACK, MomentKind.OFF_RECORD)
        head = Text.assemble(
            (f"{clock(moment.at):>7} ", quiet),
            (f"{moment.kind.value:>9} ", quiet),
            (f"{BETWEEN[moment.kind] or mark_sign(moment.title)} ", loud),
        )
        words = Text(moment.title, style=loud if shown else quiet)
        if moment.fate:
            words.append(f"  {moment.fate}", style=quiet)
        return self._hung(head, words, PastRow("", moment.at, Strip([])), width)

    def _wrapped(self, head: Text, body: Text, entry: ShownLine, width: int) -> list[PastRow]:
        of = PastRow(entry.heard.utterance, entry.start, Strip([]))
        return self._hung(head, body, of, width)

    def _hung(self, head: Text, body: Text, of: PastRow, width: int) -> list[PastRow]:
        """Rows of what ``of`` belongs to: the head, and the words in a column behind it."""
        parts = body.wrap(self.app.console, max(8, width - HEAD - 1)) or [Text("")]
        rows = []
        for number, part in enumerate(parts):
            lead = head if number == 0 else Text(" " * HEAD)
            whole = Text.assemble(lead, part, style=self.rich_style)
            rows.append(msgspec.structs.replace(of, strip=self._strip(whole)))
        return rows

    def _strip(self, text: Text) -> Strip:
        segments: list[Segment] = list(text.render(self.app.console))
        return Strip(segments).simplify()


def _at(entry: ShownLine | Moment) -> float:
    return entry.start if isinstance(entry, ShownLine) else entry.at


def _cues(entry: ShownLine) -> bool:
    return bool(entry.heard.cues)
