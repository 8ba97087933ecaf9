"""Phrases of one speaker joined into one window: what is decoded together as sound.

Theory of operation. Most of what a short clip costs is the silence that the recogniser wants
behind it, and most of what it gets wrong is for want of the speech around it. Where nobody waits,
both are had by joining a side's phrases, in their order, to windows of nearly the length that the
network was trained on. Each word then goes to the phrase in whose sound it lies; of two places
about as near to a seam the one between two sentences is taken.

A phrase whose share is not plainly sound (no words, unlikely ones, speech in front of or behind
them that has none) is not settled by this: it is decoded alone, as in a live call, by all the
rules for a decoder at a loss.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Channel, Word

from .decoding import DecodeRequest, DecodeResult, Purpose, in_call_time, likelier
from .looks import begun, mean_logprob, sparse, turning, unlikely_front

WINDOW = 26.0
"""Seconds of sound in a window at most: some silence stays behind it."""
ALONE_S = 4.0
"""Seconds from which a phrase that nothing is joined to is a window of its own."""
_HALVINGS = 8
"""Steps by which the length of a side's windows is found: to a tenth of a second."""
GAP = 0.3
"""Seconds of silence between two phrases, with the quiet that each has at its ends."""
_SENTENCE = 0.4
"""Seconds by which a seam at the end of a sentence may lie farther off than another place."""
_SURE = -0.6
"""Mean log probability from which a phrase's words are taken as they are."""
_UNHEARD = 0.8
"""Seconds of a phrase, before its first word or behind its last, in which there may be none."""
_LEAD = 0.4
"""Seconds before the detected speech that a phrase begins with (``SpeechSettings.lead``)."""
_STOPS = (".", "?", "!")


def packs(requests: Sequence[DecodeRequest]) -> list[list[int]]:
    """Which requests are joined: a side's, in their order. Places of each pack.

    A side's packs are about equally long, since they are decoded side by side as long as the
    longest takes.
    """
    sides: dict[tuple[Channel, str | None], list[int]] = {}
    for place, one in enumerate(requests):
        if one.purpose is Purpose.PAUSE and one.language and not one.earlier and not one.prompt:
            sides.setdefault((one.channel, one.language), []).append(place)
    found = [
        pack
        for places in sides.values()
        for pack in _even([requests[place].seconds for place in places], places)
    ]
    return [pack for pack in found if len(pack) > 1 or requests[pack[0]].seconds >= ALONE_S]


def _even(lengths: Sequence[float], places: Sequence[int]) -> list[list[int]]:
    """The places in as few packs as `WINDOW` allows, the longest of them as short as may be."""
    fewest = len(_filled(lengths, places, WINDOW))
    low, high = sum(lengths) / fewest, WINDOW
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if len(_filled(lengths, places, middle)) > fewest:
            low = middle
        else:
            high = middle
    return _filled(lengths, places, high)


def _filled(lengths: Sequence[float], places: Sequence[int], most: float) -> list[list[int]]:
    """The places in packs of so many seconds at most; longer ones by themselves."""
    found: list[list[int]] = []
    filled = 0.0
    for seconds, place in zip(lengths, places, strict=True):
        filled += GAP + seconds
        if not found or filled > most:
            found.append([])
            filled = seconds
        found[-1].append(place)
    return found


def joined(requests: Sequence[DecodeRequest]) -> DecodeRequest:
    """One request for the sound of several; its words have times from its beginning."""
    gap = np.zeros(round(GAP * SAMPLE_RATE), np.float32)
    parts: list[Samples] = []
    for one in requests:
        parts += [one.samples, gap]
    return requests[0]._replace(start=0.0, samples=np.concatenate(parts[:-1]))


def shared_out(result: DecodeResult, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
    """What a joined decode says of each request, with its words in call time."""
    words = result.words
    results: list[DecodeResult] = []
    first, begin = 0, 0.0
    for number, one in enumerate(requests, 1):
        end = begin + one.seconds
        last = number == len(requests)
        until = len(words) if last else _seam(words, first, end + GAP / 2)
        shift = one.start - begin
        mine = tuple(in_call_time(word, shift, one) for word in words[first:until])
        results.append(
            result._replace(
                request=one,
                words=mine,
                avg_logprob=mean_logprob(list(mine)),
                in_context=True,
            )
        )
        first, begin = until, end + GAP
    return results


def _seam(words: Sequence[Word], first: int, at: float) -> int:
    """Before which word, from ``first`` on, the seam at ``at`` seconds lies."""

    def distance(place: int) -> float:
        before = words[place - 1] if place > first else None
        after = words[place] if place < len(words) else None
        low = before.end if before else 0.0
        high = max(after.start, low) if after else at
        away = max(low - at, at - high, 0.0) if before or after else 0.0
        ends = before is None or before.text.endswith(_STOPS)
        return away + (0.0 if ends else _SENTENCE)

    return min(range(first, len(words) + 1), key=distance)


def settled(result: DecodeResult) -> bool:
    """Whether a phrase's share of a joined decode can be taken as it is."""
    words, request = result.words, result.request
    if not words or result.looped or result.foreign or result.avg_logprob < _SURE:
        return False
    until = min(request.spoken_until, request.end)
    unheard = max(begun(words) - request.start - _LEAD, until - words[-1].end)
    if unlikely_front(words) or turning(result) is not None:
        return False
    return unheard < _UNHEARD and not sparse(result)


def likelier_in_context(share: DecodeResult, alone: DecodeResult) -> DecodeResult:
    """Of a share that is not settled and what came of the phrase alone, the likelier one."""
    return likelier(share, alone)._replace(in_context=True)
