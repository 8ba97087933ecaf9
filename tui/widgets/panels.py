"""The quieter sections beside the transcript; each hides itself while it has nothing to say."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from coach.events import Channel
from coach.snapshot import LadderView, Measurements, Record, Snapshot
from tui.wording import clock, quote, stage_words

MOST = 4
"""Entries of a list shown; the newest count."""


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
    return f"{stage_words(ladder.stage)} · {ladder.warnings} of {ladder.needed} warnings given"


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
            yield Content.assemble(
                (marks, "$accent"), f" {ladder.warnings} of {ladder.needed} warnings given"
            )


class ChecklistPanel(Panel):
    """What has been said of what should be said."""

    def __init__(self) -> None:
        super().__init__("checklist", "Checklist")

    def part(self, snapshot: Snapshot) -> object:
        """The items."""
        return snapshot.checklist

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """One line an item, ticked or open."""
        for item in snapshot.checklist:
            if item.done is None:
                yield Content.assemble(("○ ", "$quiet"), (item.title, "$foreground"))
            else:
                yield Content.assemble(
                    ("✓ ", "bold $good"), (f"{item.title} {clock(item.done)}", "$quiet")
                )


class FiguresPanel(Panel):
    """Plain measurements, few and in words."""

    def __init__(self) -> None:
        super().__init__("figures", "Conversation")

    def part(self, snapshot: Snapshot) -> object:
        """The lines as drawn: a figure that does not change its words changes nothing."""
        return tuple(figure_lines(snapshot.measurements))

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """Label and value, a line each."""
        for label, value in figure_lines(snapshot.measurements):
            yield Content.assemble((f"{label:<16}", "$quiet"), value)


def figure_lines(figures: Measurements) -> Iterator[tuple[str, str]]:
    """The measurements as label and value; those without a value are left out."""
    if figures.talk_share_agent is not None:
        yield "you speak", f"{round(figures.talk_share_agent * 20) * 5} % of the talk"
    if figures.pace_agent_wpm is not None:
        yield "your pace", f"{round(figures.pace_agent_wpm / 5) * 5} words a minute"
    cuts = (figures.interruptions_agent, figures.interruptions_customer)
    if any(cuts):
        yield "talk-over", f"you {cuts[0]}, customer {cuts[1]}"
    if figures.dead_air >= 5:
        yield "dead air", f"{int(figures.dead_air)} s"


class RecordPanel(Panel):
    """What the customer wanted, what was promised, what was warned."""

    def __init__(self) -> None:
        super().__init__("record", "Record")

    def part(self, snapshot: Snapshot) -> object:
        """The record."""
        return snapshot.record

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """The newest entries of each kind."""
        yield from record_lines(snapshot.record)


def record_lines(record: Record) -> Iterator[Content]:
    """Wants, steps, promises and warnings, the newest of each."""
    for want in record.wants[-MOST:]:
        yield Content.assemble(("wants  ", "$quiet"), want.text)
    for step in record.steps[-MOST:]:
        yield Content.assemble(("step  ", "$quiet"), step.text)
    for promise in record.commitments[-MOST:]:
        who = "promise  " if promise.owner is not Channel.CUSTOMER else "customer promise  "
        due = f" (by {promise.due})" if promise.due else ""
        yield Content.assemble((who, "$quiet"), f"{promise.text}{due}")
    for warning in record.warnings[-MOST:]:
        yield Content.assemble(("warned  ", "$quiet"), f"{clock(warning.at)} {quote(warning.text)}")


class PastPanel(Panel):
    """Cards that have left the screen."""

    def __init__(self) -> None:
        super().__init__("past", "Earlier cards")

    def part(self, snapshot: Snapshot) -> object:
        """The history."""
        return snapshot.history

    def lines(self, snapshot: Snapshot) -> Iterator[Content]:
        """The newest first."""
        for past in reversed(snapshot.history[-8:]):
            yield Content.assemble(
                (f"{clock(past.raised):>5} ", "$quiet"),
                past.title,
                (f" · {past.reason.replace('_', ' ')}", "$quiet"),
            )
