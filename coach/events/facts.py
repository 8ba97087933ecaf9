"""The facts: what is fed to the engine."""

from __future__ import annotations

from typing import get_args

import msgspec

from coach.events.base import Event, Located
from coach.events.evidence import Clause, Word
from coach.events.terms import Action, Channel


class CallStarted(Event, frozen=True, kw_only=True):
    """The call began; always the first event."""

    call: str
    """Identifier of the call; also the stem of its journal's file name."""
    started: str
    """Wall-clock time of the start, ISO 8601 with offset. For people; the engine computes on it
    but the due dates of commitments."""
    source: str
    """``live``, or the name of the recording."""
    language: str = "en"
    caller: str = ""
    """The caller reference given by the agent, or empty; the CALLER key may change it."""
    channels: tuple[Channel, ...] = (Channel.AGENT, Channel.CUSTOMER)


class CallEnded(Event, frozen=True, kw_only=True):
    """The call is over; always the last fact."""

    reason: str


class AudioGap(Located, frozen=True, kw_only=True):
    """Sound between ``start`` and ``end`` was lost."""

    cause: str


class SpeechStarted(Located, frozen=True, kw_only=True):
    """Somebody began to speak at ``start``; ``end`` equals ``start``."""


class SpeechEnded(Located, frozen=True, kw_only=True):
    """The stretch of speech from ``start`` to ``end`` is over."""


class Hypothesis(Located, frozen=True, kw_only=True):
    """What has been understood so far of an utterance that is still open.

    A later Hypothesis or the Utterance with the same ``utterance`` replaces it.
    """

    utterance: str
    committed: str
    """Words that later drafts are not expected to change; rules may fire on them."""
    tail: str
    """Draft words that may still change; shown dimmed, no rule sees them."""
    clauses: tuple[Clause, ...] = ()
    """The meaning of the committed words."""


class Utterance(Located, frozen=True, kw_only=True):
    """The final text of one stretch of speech."""

    utterance: str
    """Identifier, unique within the call: ``C12`` is the customer's twelfth."""
    text: str
    words: tuple[Word, ...] = ()
    confidence: float = 1.0
    """Mean probability of the words, 0 to 1."""
    doubtful: bool = False
    """True where the recogniser may have invented the words: shown dimmed, fires no rule,
    clears no alarm."""
    doubt: str = ""
    """Why it is doubtful, or where some of its words are unsure, in plain words."""
    language: str = "en"
    """Code of what was spoken; ``und`` where it was not the call's language, nor sure which."""
    withdrawn: str = ""
    """Words that stood committed in a Hypothesis of it and that it no longer says."""
    clauses: tuple[Clause, ...] = ()
    """The meaning of the words."""
    speaker_confidence: float | msgspec.UnsetType = msgspec.UNSET
    """That the channel's person said it, 0.5 to 1, where one mixed track was split by its voices;
    UNSET where each person has a track, and then absent from the journal."""

    @property
    def speaker_judged(self) -> bool:
        """Whether it was judged by the voice who said it, on one track with both people."""
        return self.speaker_confidence is not msgspec.UNSET


class Loudness(Located, frozen=True, kw_only=True):
    """Measurements of one channel over ``start`` to ``end`` (0.5 s in practice)."""

    dbfs: float
    """Root-mean-square level in dB relative to full scale; -100 is digital silence."""
    speech: bool
    """True where the voice-activity detector heard speech in most of the span."""
    peak_dbfs: float = -100.0
    clipped: float = 0.0
    """Share of samples at full scale, 0 to 1."""
    pitch_hz: float | None = None
    """Median fundamental frequency of the voiced part; None where nothing was voiced."""
    tilt_db: float | None = None
    """Spectral tilt: level above 1 kHz minus level below it, in dB; rises with vocal effort."""


class AgentAction(Event, frozen=True, kw_only=True):
    """The agent pressed a key."""

    action: Action
    card: str | None = None
    """The card on screen when the key was pressed."""
    rule: str | None = None
    note: str = ""


class RulesChanged(Event, frozen=True, kw_only=True):
    """Other rules were put in force: the engine takes them at the next point of its grid.

    The set itself is kept beside the journal under its fingerprint.
    """

    rules: str
    """Fingerprint of the new set."""
    before: str
    """Fingerprint of the set until then."""
    changed: tuple[str, ...] = ()
    """Ids of the rules that differ; also of those that came or went."""
    source: str = ""
    """Which rules these are, on one line for people."""


class Degraded(Event, frozen=True, kw_only=True):
    """A component works worse than it should, or not at all."""

    component: str
    """``microphone``, ``far_end``, ``transcription``, ``journal``, ..."""
    detail: str


class Recovered(Event, frozen=True, kw_only=True):
    """A component that was degraded works again."""

    component: str
    detail: str = ""


class AudioWarning(Event, frozen=True, kw_only=True):
    """Something about the sound that the agent should know: echo, swapped sides, hold music."""

    kind: str
    detail: str
    active: bool = True
    """False when the condition is over."""
    since: float | msgspec.UnsetType = msgspec.UNSET
    """Seconds of call time from which the sides seem exchanged, where that is what it tells; UNSET,
    and absent from the journal, for everything else."""


Fact = (
    CallStarted
    | CallEnded
    | AudioGap
    | SpeechStarted
    | SpeechEnded
    | Hypothesis
    | Utterance
    | Loudness
    | AgentAction
    | RulesChanged
    | Degraded
    | Recovered
    | AudioWarning
)
"""What ``Engine.receive`` takes."""

FACTS: frozenset[type] = frozenset(get_args(Fact))
"""The same as a set, for who asks of thousands of events which are facts."""
