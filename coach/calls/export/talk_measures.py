"""How a call was shared out: talk, silence, interruptions and pace.

==================  ==========================================================================
talk time           a side's own stretches of speech; both sides' together may exceed the call
non-talk time       silences of more than 3 s from the start to the last word, in which neither
                    side speaks; a pause of the call, lost sound and recorded announcements are
                    no silence
interruption        a stretch that began while the other side was speaking, was more than an
                    acknowledgement ("uh-huh"), and ran beside the other for at least
                    ``interruption_s``: from its beginning to the end of the overlap, told of who
                    began later
talk speed          words divided by the minutes of own speech
==================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Iterable

from coach.calls.export.heard_call import HeardCall, MillisecondSpan, millis
from coach.calls.joined_spans import joined
from coach.engine.talk.turns import TurnSettings, TurnTracker
from coach.events import Channel

SILENCE = 3000
"""Milliseconds; a longer silence is non-talk time."""
SIDES = (Channel.AGENT, Channel.CUSTOMER)


def talk_time(call: HeardCall, side: Channel) -> int:
    """Milliseconds of a side's speech."""
    return sum(end - start for start, end in joined(call.speech.get(side, ())))


def talk_speed(call: HeardCall, side: Channel) -> int | None:
    """Words a minute of a side's own speech; None where it said nothing."""
    words = sum(len(turn.text.split()) for turn in call.turns_of(side))
    spoken = talk_time(call, side)
    return round(words * 60_000 / spoken) if words and spoken else None


def non_talk(call: HeardCall) -> tuple[MillisecondSpan, ...]:
    """The silences of more than 3 s, in their order."""
    filled = [span for spans in call.speech.values() for span in spans]
    filled += [one.turn.span for one in call.announcements]
    filled += call.unknown
    silences: list[MillisecondSpan] = []
    at = 0
    for start, end in joined([*filled, (call.total, call.total)]):
        silences.append(MillisecondSpan(at, min(start, call.total)))
        at = max(at, end)
    return tuple(silence for silence in silences if silence.length > SILENCE)


def interruptions(
    call: HeardCall, settings: TurnSettings
) -> dict[Channel, tuple[MillisecondSpan, ...]]:
    """The interruptions of each side; of an undivided call nobody knows them: it has none here."""
    least = millis(settings.interruption_s)
    found: dict[Channel, tuple[MillisecondSpan, ...]] = {}
    for side in () if call.undivided else SIDES:
        listening = _acknowledgements(call, side, settings)
        found[side] = tuple(
            MillisecondSpan(span.start, end)
            for span in call.speech.get(side, ())
            if span not in listening
            for end in _overlaps(span, call.speech.get(side.other, ()))
            if end - span.start >= least
        )
    return found


def _overlaps(span: MillisecondSpan, far: Iterable[MillisecondSpan]) -> list[int]:
    """Where the overlap ends with what the other side was saying when ``span`` began."""
    return [min(span.end, one.end) for one in far if one.start < span.start < one.end][:1]


def _acknowledgements(
    call: HeardCall, side: Channel, settings: TurnSettings
) -> frozenset[MillisecondSpan]:
    """Stretches whose last words only say "I am listening"."""
    is_backchannel = TurnTracker(settings).is_backchannel
    spans = call.speech.get(side, ())
    verdicts: dict[MillisecondSpan, bool] = {}
    for turn in call.turns_of(side):
        own = [span for span in spans if span.start < turn.span.end]
        if own:
            verdicts[own[-1]] = is_backchannel(turn.text)
    return frozenset(span for span, verdict in verdicts.items() if verdict)
