"""The vocabulary: every fact that goes into the engine and every result that comes out.

Read this first, then `facts.py` and `results.py`. An event is frozen and names something that
has happened (past tense or a noun); requests are imperatives and live elsewhere. One unit of time
is used everywhere: seconds since the call started. Two times are never mixed:

``start`` / ``end``
    where it happened in the audio (windows, overlaps and spans use these);
``at``
    when the engine learned it (cooldowns and the life of a card use this).

The journal stores both, so running the engine again over a journal gives the same results.

Facts (fed to the engine): CallStarted, CallEnded, AudioGap, SpeechStarted, SpeechEnded,
Hypothesis, Utterance, Loudness, AgentAction, RulesChanged, Degraded, Recovered, AudioWarning.

Results (made by the engine): SignalChanged, CueMatched, CueRetracted, EscalationChanged,
LadderChanged, CardRaised, CardStrengthened, CardCleared, CardSuppressed, Nodded, WarningGiven,
CommitmentMade, ChecklistTicked, AnnouncementHeard.
"""

from __future__ import annotations

from coach.events.base import (
    Event,
    Located,
)
from coach.events.evidence import (
    Clause,
    ClauseScore,
    Evidence,
    Word,
)
from coach.events.facts import (
    FACTS,
    AgentAction,
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    Degraded,
    Fact,
    Hypothesis,
    Loudness,
    Recovered,
    RulesChanged,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)
from coach.events.results import (
    AnnouncementHeard,
    CardCleared,
    CardRaised,
    CardStrengthened,
    CardSuppressed,
    ChecklistTicked,
    CommitmentMade,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    LadderChanged,
    Nodded,
    Result,
    SignalChanged,
    WarningGiven,
)
from coach.events.terms import (
    Action,
    Channel,
    Clearing,
    Guard,
    Level,
    Suppression,
    Track,
)

AnyEvent = Fact | Result
"""Every line of a journal but its header."""

__all__ = [
    "FACTS",
    "Action",
    "AgentAction",
    "AnnouncementHeard",
    "AnyEvent",
    "AudioGap",
    "AudioWarning",
    "CallEnded",
    "CallStarted",
    "CardCleared",
    "CardRaised",
    "CardStrengthened",
    "CardSuppressed",
    "Channel",
    "ChecklistTicked",
    "Clause",
    "ClauseScore",
    "Clearing",
    "CommitmentMade",
    "CueMatched",
    "CueRetracted",
    "Degraded",
    "EscalationChanged",
    "Event",
    "Evidence",
    "Fact",
    "Guard",
    "Hypothesis",
    "LadderChanged",
    "Level",
    "Located",
    "Loudness",
    "Nodded",
    "Recovered",
    "Result",
    "RulesChanged",
    "SignalChanged",
    "SpeechEnded",
    "SpeechStarted",
    "Suppression",
    "Track",
    "Utterance",
    "WarningGiven",
    "Word",
]
