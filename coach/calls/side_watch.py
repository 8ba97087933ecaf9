"""Whether the two sides of a recording are whose they are taken to be.

The opening tells (``coach.calls.likely_agent``), and after a transfer the words that follow it, or
the voices, which change places whatever is said (``audio.voices.side_voices``).
Pure: fed with what is heard, in order; what it states names the option that decides.
"""

from __future__ import annotations

import msgspec

from coach.calls.likely_agent import (
    RECORDED,
    STRONG,
    Guess,
    RoleSign,
    Said,
    evidence,
    guess_from,
    is_announcement,
    signs_in,
)
from coach.events import Action, AgentAction, AudioWarning, Channel, Fact, Utterance
from coach.events.lengths import clock

KIND = "sides"
"""``AudioWarning.kind`` of what is said here."""

OPENING = 90.0
"""Seconds of a call whose words are weighed together; later ones are weighed over as many."""

EXCHANGED = 7.0
"""Weight by which the other side must be ahead once the call is under way: a customer may well
say "thank you for your patience", but hardly greets, asks for a name and offers help."""

ARRIVALS = frozenset({"help", "company", "recorded", "outbound"})
"""Kinds of phrases with which somebody takes a call over."""

VOICES_EXCHANGED = "voices_exchanged"
"""``AudioWarning.kind`` of what the sound alone tells (``audio.voices.side_voices``)."""

SAME_CHANGE = 20.0
"""Seconds by which words and voices may date one change differently."""

GREETING = 10.0
"""Seconds before an announcement within which a greeting on its side is the machine's."""

ECHOED = 4.0
"""Seconds within which the same phrase on both sides is one that leaked: nobody knows whose."""

_TRACKS = (Channel.AGENT, Channel.CUSTOMER)


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What the sides of a recording are called, and who said whose they are."""

    agent: str = "left"
    """What a person calls the track that is taken for the agent's at the beginning."""
    customer: str = "right"
    """Likewise for the customer's."""
    told: bool = False
    """A person named the agent's side."""
    remedy: str = "--agent-channel {place} decides"
    """How to have it otherwise; ``place`` is the side in question."""
    swapped: tuple[float, ...] | None = ()
    """Seconds of call time from which a person had the sides exchanged; None where that cannot be
    asked for."""
    leaks: bool = False
    """Each side is heard on the other, so the same words may come on both."""

    def place(self, track: Channel | str) -> str:
        """What a person calls the track that was given this name at the beginning."""
        return self.agent if track == Channel.AGENT else self.customer


class SideWatch:
    """Follows one recording; says what it finds once, and exchanges only what nobody named."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._signs: list[RoleSign] = []
        self._begins: dict[RoleSign, float] = {}
        """Seconds at which the utterance began that a sign lies in."""
        self._agent = Channel.AGENT
        """The track that is taken for the agent's now."""
        self._believed: Channel | None = None
        """The track that the words say is the agent's; None while they say nothing."""
        self._changes: list[float] = []
        """Seconds of call time from which the sides seemed exchanged, by turns."""
        self._weighed = False
        """The opening is over and has been weighed."""
        self._waiting: list[Utterance] = []
        """What may yet be heard on the other side too."""
        self._heard: list[RoleSign] = []
        """Signs on either side, of which some may be in two places."""

    def push(self, fact: Fact) -> list[AudioWarning | AgentAction]:
        """Take in a fact, under the name that its track had at first.

        SWAP_CHANNELS among the answers: every fact from here on carries the other name.
        """
        if isinstance(fact, AudioWarning) and fact.kind == VOICES_EXCHANGED:
            return self._by_voice(fact)
        plain = isinstance(fact, Utterance) and not fact.doubtful and fact.language == "en"
        if not self._taken.leaks:
            return self._take(fact, _signs(fact)) if isinstance(fact, Utterance) and plain else []
        due = [one for one in self._waiting if fact.at - one.at >= ECHOED]
        self._waiting = [one for one in self._waiting if fact.at - one.at < ECHOED]
        if isinstance(fact, Utterance) and plain:
            self._waiting.append(fact)
            self._heard += _signs(fact)
        told = [told for one in due for told in self._take(one, self._own_signs(one))]
        self._heard = [sign for sign in self._heard if sign.at > fact.at - OPENING]
        return told

    def _own_signs(self, fact: Utterance) -> list[RoleSign]:
        """The signs of an utterance without those that are heard on both sides."""
        return [
            sign
            for sign in _signs(fact)
            if not any(
                other.speaker != sign.speaker
                and other.kind == sign.kind
                and abs(other.at - sign.at) < ECHOED
                for other in self._heard
            )
        ]

    def _take(self, fact: Utterance, new: list[RoleSign]) -> list[AudioWarning | AgentAction]:
        if is_announcement(fact.text):
            self._signs = [sign for sign in self._signs if not _greeted(sign, fact)]
        if self._weighed or fact.start <= OPENING:
            return self._weigh(new, fact) if new else []
        self._weighed = True
        return [*self._lean(fact.at), *(self._weigh(new, fact) if new else [])]

    def _weigh(self, new: list[RoleSign], fact: Utterance) -> list[AudioWarning | AgentAction]:
        self._signs = [s for s in self._signs if s.at > fact.end - OPENING] + new
        self._begins |= dict.fromkeys(new, fact.start)
        guess = guess_from(self._signs, _TRACKS)
        needed = STRONG if self._believed is None else EXCHANGED
        if guess is None or guess.lead < needed or guess.speaker == self._believed:
            return []
        first = self._believed is None
        if not first and ARRIVALS.isdisjoint(s.kind for s in guess.signs):
            return []
        self._believed = Channel(guess.speaker)
        # Of what was said before the change nothing speaks for what comes after it.
        self._signs = [s for s in self._signs if s in guess.signs]
        return self._opening(guess, fact.at) if first else self._changed(guess, fact.at)

    def exchanged(self) -> None:
        """A person has exchanged the sides; that decides."""
        self._agent = self._agent.other

    def _opening(self, guess: Guess, at: float) -> list[AudioWarning | AgentAction]:
        place = self._taken.place(guess.speaker)
        probably = f"probably the agent: {place}; because {evidence(guess)}"
        if guess.speaker == self._agent:
            if self._taken.told:
                return []
            return [AudioWarning(at=at, kind=KIND, detail=probably, active=False)]
        decides = self._taken.remedy
        if self._taken.told:
            detail = (
                f"the sides seem swapped, {probably}. It stays as it was said; "
                f"{decides.format(place=place)}."
            )
            return [AudioWarning(at=at, kind=KIND, detail=detail)]
        kept = self._taken.place(self._agent)
        self._agent = self._agent.other
        detail = (
            f"{probably}. Nobody said which side is the agent's, so the sides are exchanged; "
            f"{decides.format(place=kept)} otherwise."
        )
        return [
            AudioWarning(at=at, kind=KIND, detail=detail),
            AgentAction(at=at, action=Action.SWAP_CHANNELS, note=probably),
        ]

    def _lean(self, at: float) -> list[AudioWarning]:
        """What an opening tells that was not clear enough to act on."""
        guess = guess_from(self._signs, _TRACKS) if self._believed is None else None
        if guess is None or guess.speaker == self._agent:
            return []
        place = self._taken.place(guess.speaker)
        detail = (
            f"the sides may be swapped, perhaps the agent: {place}; because {evidence(guess)}. "
            f"Nothing is exchanged; {self._taken.remedy.format(place=place)}."
        )
        return [AudioWarning(at=at, kind=KIND, detail=detail)]

    def _changed(self, guess: Guess, at: float) -> list[AudioWarning | AgentAction]:
        # All that was said in one breath with the first sign was said by the new one too.
        since = min(self._begins[sign] for sign in guess.signs)
        return self._told_change(Channel(guess.speaker), since, at, evidence(guess))

    def _by_voice(self, fact: AudioWarning) -> list[AudioWarning | AgentAction]:
        """The voices have changed places, whatever was said."""
        since = fact.at if isinstance(fact.since, msgspec.UnsetType) else fact.since
        if any(abs(since - told) < SAME_CHANGE for told in self._changes):
            return []
        self._believed = (self._believed or self._agent).other
        self._signs = [sign for sign in self._signs if sign.at >= since]
        because = "a voice that was on one side is on the other from there on"
        return self._told_change(self._believed, since, fact.at, because)

    def _told_change(
        self, agent: Channel, since: float, at: float, because: str
    ) -> list[AudioWarning | AgentAction]:
        """The agent's voice is on this track from call time ``since`` on; nothing is exchanged."""
        place = self._taken.place(agent)
        self._changes.append(since)
        again = agent == self._agent
        detail = (
            f"from {clock(since)} on the agent is on the {place} side again; because "
            if again
            else f"the sides seem exchanged from {clock(since)} on, as a transfer may do it: "
            f"probably the agent: {place}; because "
        )
        detail += f"{because}. Nothing is exchanged{self._confirming()}."
        return [AudioWarning(at=at, kind=KIND, detail=detail, active=not again, since=since)]

    def _confirming(self) -> str:
        """How a person who finds it right has the sides exchanged there."""
        in_review = "; T there in `coach review` exchanges them"
        if self._taken.swapped is None:
            return in_review
        times = sorted([*self._taken.swapped, *self._changes])
        listed = ",".join(clock(time) for time in times)
        return f"{in_review}, and so does --swap-at {listed} in a replay"


def _greeted(sign: RoleSign, announced: Utterance) -> bool:
    """Whether a sign is the greeting of what turned out to be a machine."""
    one_voice = sign.speaker == announced.channel and sign.kind in RECORDED
    return one_voice and announced.start - GREETING <= sign.at < announced.end


def _signs(fact: Utterance) -> list[RoleSign]:
    return signs_in(
        Said(speaker=fact.channel, start=fact.start, end=fact.end, text=fact.text, words=fact.words)
    )
