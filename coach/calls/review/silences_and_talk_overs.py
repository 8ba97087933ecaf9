"""Who spoke when in a past call: silences, holds and talk-overs, found from stretches of speech."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from coach.calls.joined_spans import joined
from coach.events import Channel
from coach.notes.review.past_call import Moment, MomentKind, Speech

SHORTEST_SILENCE = 3.0
"""Seconds; the usual definition of time in which nobody talks."""
ANNOUNCED = 15.0
"""Seconds before a silence within which its announcement makes it a hold."""


def silences(
    speech: Sequence[Speech],
    unheard: Iterable[tuple[float, float]],
    announced: Sequence[float],
    end: float,
    *,
    music: Sequence[float] = (),
) -> Iterator[Moment]:
    """Silences between people's words, and after the last.

    ``unheard``: stretches of which nothing is known, such as pauses of the agent's; they are no
    silence. ``announced``: when the agent announced one; ``music``: when the line carried music or
    rang.
    """
    busy = [(span.start, span.end) for span in speech]
    if not busy:
        return
    known = joined([*busy, *unheard, (end, end)])
    for (_, begins), (ends, _) in itertools.pairwise(known):
        if ends - begins < SHORTEST_SILENCE:
            continue
        hold = any(begins - ANNOUNCED <= at <= ends for at in announced)
        sounds = any(begins <= at <= ends for at in music)
        kind = MomentKind.HOLD if hold or sounds else MomentKind.SILENCE
        words = "hold, music or ringing on the line" if sounds else "nobody speaks"
        words = "hold, announced by the agent" if hold else words
        yield Moment(kind=kind, at=begins, end=ends, title=f"{ends - begins:.0f} s: {words}")


def talk_overs(
    speech: Sequence[Speech], longest_nod: float, acknowledges: Callable[[Speech], bool]
) -> Iterator[Moment]:
    """Where one side began while the other spoke, and both went on for ``longest_nod`` seconds.

    ``acknowledges``: whether a stretch only says "I am listening".
    """
    sides = {
        channel: [span for span in speech if span.channel is channel]
        for channel in (Channel.AGENT, Channel.CUSTOMER)
    }
    for channel, spans in sides.items():
        others = sides[channel.other]
        for span in spans:
            over = next((o for o in others if o.start < span.start < o.end), None)
            if over is None or acknowledges(span):
                continue
            both = min(span.end, over.end) - span.start
            if both >= longest_nod:
                who = "the agent" if channel is Channel.AGENT else "the customer"
                yield Moment(
                    kind=MomentKind.TALK_OVER,
                    at=span.start,
                    end=span.start + both,
                    side=channel,
                    title=f"{who} talks over the other side for {both:.1f} s",
                )
