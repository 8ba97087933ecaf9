"""What the place of the card says while there is no card: calmly, what Coach is doing."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from coach.driver import Progress
from coach.events import Channel
from coach.events.lengths import clock
from coach.snapshot import PastCard, Snapshot
from tui.wording import became, begins

BAR = 24
"""Columns of the progress bar."""


def rest_lines(
    snapshot: Snapshot | None, progress: Progress | None, *, live: bool, stopped: bool
) -> Iterator[Content]:
    """A heading and a sentence."""
    if stopped:
        yield from _said("Coach has stopped", "What was heard so far is kept. q quits.")
    elif snapshot is not None and snapshot.ended:
        yield from _said("The call is over", "r looks back on it, h is the handoff note.")
        if live:
            yield Content.styled(f"The next call {begins(snapshot)}.", "$quiet")
    elif progress is not None:
        yield Content.styled("Getting ready", "bold")
        yield _progress_line(progress)
        what = "The words of a call come" if live else "The replay begins"
        yield Content.styled(f"{what} when this is done.", "$quiet")
    elif snapshot is None:
        what = "Sound and speech model are" if live else "The call is"
        yield from _said("Getting ready", f"{what} being prepared.")
    elif not snapshot.started:
        yield from _said("Waiting for the call", f"It {begins(snapshot)}.")
    else:
        yield from _listening(snapshot)


def _said(heading: str, sentence: str) -> Iterator[Content]:
    yield Content.styled(heading, "bold")
    yield Content.styled(sentence, "$quiet")


def _listening(snapshot: Snapshot) -> Iterator[Content]:
    snoozed = snapshot.snoozed_until
    if snapshot.paused:
        yield from _said("Paused", "Nothing is heard or written until you press p.")
    elif snoozed is not None and snoozed > snapshot.at:  # of two modes the stricter holds
        after = " Calm mode goes on after it." if snapshot.calm_mode else ""
        yield from _said(
            f"Snoozed until {clock(snoozed)}",
            f"Only safety and threats are shown. s ends it.{after}",
        )
    elif snapshot.calm_mode:
        yield from _said(
            "Calm mode", "Only safety, threats and boundaries are shown. c turns it off."
        )
    elif snapshot.trouble:
        yield from _said(
            "Listening, with trouble",
            "Go on with the call; cards may be late or missing: see the top of the screen.",
        )
    elif snapshot.history:
        yield from _said("Nothing to say now", _last_card(snapshot.history[-1]))
    elif snapshot.health and all(h.channel is Channel.MIXED for h in snapshot.health):
        yield from _said(
            "Listening", "to both voices at once. A card appears here when something would help."
        )
    else:
        yield from _said(
            "Listening",
            "to the customer's words and voice, and to your own. "
            "A card appears here when something would help.",
        )


def _last_card(past: PastCard) -> str:
    return f"last card {clock(past.raised)}: {past.title} · {became(past)}"


def _progress_line(progress: Progress) -> Content:
    if progress.done is None:
        return Content(f"{progress.label} …")
    filled = round(BAR * progress.done)
    return Content.assemble(
        ("█" * filled, "$agent"),
        ("░" * (BAR - filled), "$faint"),
        f" {progress.done:4.0%}  {progress.label}",
    )
