"""Tells of a second voice on a side that should carry one person: somebody has joined the call.

Fed with the windows of a side that hold clear speech; looks anew with every second of it, later
more seldom, until it has told once. Where words hand the call over, less of a voice is enough
(``handed_over``).
"""

from __future__ import annotations

from coach.events import AudioWarning, Channel

from .handed_over import new_voice_within
from .more_voices import second_voice
from .third_voice import Third
from .trace import NO_WINDOWS, SeenWindows

KIND = "third_voice"
"""``AudioWarning.kind`` of what is said here."""

LOOK = 5
"""Clear windows (1 s of speech) between two looks at least..."""

PART = 8
"""...and one in so many of those that are known: the more, the less a few more tell."""

MOST = 400
"""Windows that are kept; of more every second one is dropped."""

_WHOSE = {Channel.AGENT: "the agent's", Channel.CUSTOMER: "the customer's"}


class SideCompany:
    """Follows one side."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._clear = NO_WINDOWS
        self._unseen = 0
        self._told = False
        self._expected: list[tuple[float, float]] = []
        """Between when and when somebody else was to begin by what was said."""

    def expect(
        self, within: tuple[float, float], at: float, beside: SeenWindows = NO_WINDOWS
    ) -> list[AudioWarning]:
        """It was said, heard until call time ``at``, that somebody else begins within a time."""
        self._expected.append(within)
        return [] if self._told else self._look_for_expected(at, beside)

    def forget(self, until: float) -> None:
        """What the side carried before a time, in seconds, was another's."""
        self._clear = self._clear.where(self._clear.middles > until)

    def push(
        self, clear: SeenWindows, at: float, beside: SeenWindows = NO_WINDOWS
    ) -> list[AudioWarning]:
        """Take in clear windows of the side, heard until call time ``at``.

        ``beside``: those of the other side so far, where they are known.
        """
        if self._told:
            return []
        self._clear = self._clear.join(clear)
        self._unseen += len(clear.shares)
        if self._unseen < max(LOOK, len(self._clear.shares) // PART):
            return []
        return self._look(at, beside)

    def finish(self, at: float, beside: SeenWindows = NO_WINDOWS) -> list[AudioWarning]:
        """The call is over: look at what came since the last look; as ``push``."""
        return [] if self._told or not self._unseen else self._look(at, beside)

    def _look_for_expected(self, at: float, beside: SeenWindows) -> list[AudioWarning]:
        found = [new_voice_within(self._clear, one, beside) for one in self._expected]
        since = next((one for one in found if one is not None), None)
        return [] if since is None else self._tell(since, at)

    def _by_voice(self, beside: SeenWindows) -> float | None:
        """When a second voice was first heard, by the side's sound alone."""
        return second_voice(self._clear, beside)

    def _tell(self, since: float, at: float) -> list[AudioWarning]:
        self._told = True
        return [AudioWarning(at=at, kind=KIND, detail=third_on_side(since, self._channel))]

    def _look(self, at: float, beside: SeenWindows) -> list[AudioWarning]:
        self._unseen = 0
        told = self._look_for_expected(at, beside)
        since = None if told else self._by_voice(beside)
        if len(self._clear.shares) > MOST:
            self._clear = self._clear.where(slice(None, None, 2))
        return told if since is None else self._tell(since, at)


def third_on_side(since: float, channel: Channel) -> str:
    """What a second voice on a side means, in plain words."""
    return (
        f"a third voice is in the call: from about {clock(since)} on a second one, a person's or a "
        f"recorded one, speaks on {_WHOSE.get(channel, 'one')} side. What either says counts as "
        "that side's"
    )


def third_on_track(third: Third, *, live: bool = False) -> str:
    """What a third voice on a track of two means, in plain words.

    ``live``: while the call goes on, when what was said until now stays where it is.
    """
    how = "very probably" if third.surely else "probably"
    if live:
        when = f"since about {clock(third.since)} it has spoken"
        given = "From here on what it says is given to neither of them"
    else:
        when = f"from {clock(third.since)} to {clock(third.until)} it speaks"
        given = "What it says is given to neither of them"
    return (
        f"{how} a third voice is in the call: {when} for "
        f"{third.speech:.0f} s. {given}, so rules that need to know who "
        "speaks stay silent there, and figures of the two leave it out"
    )


def third_by_words(third: Third) -> str:
    """What a voice means that is a third one's by what is said, in plain words."""
    return (
        "probably a third person is in the call: words hand it over, and a voice that sounds new "
        f"speaks from {clock(third.since)} to {clock(third.until)}, for {third.speech:.0f} s. What "
        "it says was given to whichever of the two it is more like"
    )


def clock(seconds: float) -> str:
    """Call time as ``01:05``, and from an hour on as ``1:01:05``."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
