"""The quieter sections beside the transcript; each hides itself while it has nothing to say."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from coach.events import Channel
from coach.events.lengths import clock
from coach.notes.handoff import written_record
from coach.snapshot import CheckItem, LadderView, Measurements, Record, Snapshot
from tui.wording import quote, stage_words, warnings_given

MOST = 2
"""Entries of each kind in a section; the newest count, and the overview has all."""
MOST_CARDS = 4
NEXT_ITEMS = 3
"""Open items of the checklist: what comes next, not all that is missing."""
TALK_SHARE = 0.7
"""Agent's share of the speech from which it is worth a look; the look back names it, too."""
FAST_WPM = 190.0
"""Words a minute above which an agent is hard to follow."""
DEAD_AIR = 5.0
"""Seconds of silence from which it is worth a look."""


class Panel(Static):
    """A titled section that is drawn from one part of the snapshot."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(id=name, classes="panel -empty")
        self.border_title = title
        self._part: object = None

    def part(self, snapshot: Snapshot) -> object:
        """What of the snapshot this section shows."""
        raise NotImplementedError

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """The section's lines; none hides it."""
        raise NotImplementedError

    def show(self, snapshot: Snapshot) -> None:
        """Draw the section if its part has changed."""
        part = self.part(snapshot)
        if part == self._part:
            return
        self._part = part
        lines = list(self.lines(snapshot))
        self.set_class(not lines, "-empty")
        self.update(Content("\n").join(lines))


def ladder_words(ladder: LadderView) -> str:
    """The boundary ladder in one line; empty while it is not needed."""
    if ladder.held:
        return "held: help comes first"
    if ladder.stage == "none" and not ladder.warnings:
        return ""
    return f"{stage_words(ladder.stage)} · {warnings_given(ladder)}"


class LadderPanel(Panel):
    """Where the boundary ladder stands."""

    def __init__(self) -> None:
        super().__init__("ladder", "Boundary")

    def part(self, snapshot: Snapshot) -> object:
        """The ladder."""
        return snapshot.ladder

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """Stage, and the warnings as marks."""
        ladder = snapshot.ladder
        if ladder.held:
            yield Content("held: help comes first")
        elif ladder.stage != "none" or ladder.warnings:
            marks = "■" * ladder.warnings + "□" * max(0, ladder.needed - ladder.warnings)
            yield Content.styled(stage_words(ladder.stage), "bold")
            yield Content.assemble((marks, "$accent"), f" {warnings_given(ladder)}")


class ChecklistPanel(Panel):
    """What has been said of what should be said."""

    def __init__(self) -> None:
        super().__init__("checklist", "Checklist")

    def part(self, snapshot: Snapshot) -> object:
        """The items."""
        return snapshot.checklist

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """How much is done, in the title, and the items that come next."""
        items = snapshot.checklist
        left = [item for item in items if item.done is None]
        self.border_title = f"Checklist {len(items) - len(left)} of {len(items)}"
        for item in left[:NEXT_ITEMS]:
            yield Content.assemble(("○ ", "$quiet"), item.title)
        if items and not left:
            yield Content.styled("✓ all said", "$good")


def checklist_lines(items: tuple[CheckItem, ...]) -> Iterator[Content]:
    """One line an item, ticked or open."""
    for item in items:
        if item.done is None:
            yield Content.assemble(("○ ", "$quiet"), item.title)
        else:
            yield Content.assemble(
                ("✓ ", "bold $good"), (f"{item.title} {clock(item.done)}", "$quiet")
            )


class FiguresPanel(Panel):
    """Measurements that are out of the ordinary, in words."""

    def __init__(self) -> None:
        super().__init__("figures", "Conversation")

    def part(self, snapshot: Snapshot) -> object:
        """The lines as drawn: a figure that does not change its words changes nothing."""
        return tuple(notable_figures(snapshot.measurements))

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """Label and value, a line each."""
        for label, value in notable_figures(snapshot.measurements):
            yield Content.assemble((f"{label:<16}", "$quiet"), value)


def notable_figures(figures: Measurements) -> Iterator[tuple[str, str]]:
    """The measurements worth a look now, as label and value."""
    share, pace = figures.talk_share_agent, figures.pace_agent_wpm
    if share is not None and share >= TALK_SHARE:
        yield "you speak", _share_words(share)
    if pace is not None and pace >= FAST_WPM:
        yield "your pace", _pace_words(pace)
    cuts = (figures.interruptions_agent, figures.interruptions_customer)
    if any(cuts):
        yield "talk-over", f"you {cuts[0]}, customer {cuts[1]}"
    if figures.dead_air >= DEAD_AIR:
        yield "dead air", f"{int(figures.dead_air)} s"


def all_figures(figures: Measurements, lag: float | None) -> Iterator[tuple[str, str]]:
    """Every measurement as label and value; those without a value are left out.

    ``lag`` is in seconds from a word's end to its appearance.
    """
    if figures.talk_share_agent is not None:
        yield "you speak", _share_words(figures.talk_share_agent)
    if figures.pace_agent_wpm is not None:
        yield "your pace", _pace_words(figures.pace_agent_wpm)
    if figures.pace_customer_wpm is not None:
        yield "customer's pace", _pace_words(figures.pace_customer_wpm)
    cuts = (figures.interruptions_agent, figures.interruptions_customer)
    yield "talk-over", f"you {cuts[0]}, customer {cuts[1]}"
    if lag is not None:
        yield "words come", f"{lag:.1f} s after they are spoken"


def _share_words(share: float) -> str:
    return f"{round(share * 20) * 5} % of the talk"


def _pace_words(pace: float) -> str:
    return f"{round(pace / 5) * 5} words a minute"


class RecordPanel(Panel):
    """What the customer wanted, what was promised, what was warned."""

    def __init__(self) -> None:
        super().__init__("record", "Record")

    def part(self, snapshot: Snapshot) -> object:
        """The record."""
        return snapshot.record

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """The newest entries of each kind."""
        yield from record_lines(written_record(snapshot), most=MOST)


def record_lines(record: Record, most: int | None = None) -> Iterator[Content]:
    """Wants, steps, promises and warnings; the newest ``most`` of each, or all."""
    first = -most if most else None
    for want in record.wants[first:]:
        yield Content.assemble(("wants  ", "$quiet"), want.text)
    for step in record.steps[first:]:
        yield Content.assemble(("step  ", "$quiet"), step.text)
    for promise in record.commitments[first:]:
        who = "promise  " if promise.owner is not Channel.CUSTOMER else "customer promise  "
        due = f" (by {promise.due})" if promise.due else ""
        yield Content.assemble((who, "$quiet"), f"{promise.text}{due}")
    for warning in record.warnings[first:]:
        said = f"{clock(warning.at)} {quote(warning.text)}"
        yield Content.assemble(("warned  ", "$quiet"), said)


class PastPanel(Panel):
    """Cards that have left the screen."""

    def __init__(self) -> None:
        super().__init__("past", "Earlier cards")

    def part(self, snapshot: Snapshot) -> object:
        """The history."""
        return snapshot.history

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """The newest first."""
        for past in reversed(snapshot.history[-MOST_CARDS:]):
            yield Content.assemble((f"{clock(past.raised):>5} ", "$quiet"), past.title)
