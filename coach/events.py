"""The vocabulary: every fact that goes into the engine and every result that comes out.

Read this file first. An event is frozen and names something that has happened (past tense or
a noun); requests are imperatives and live elsewhere. One unit of time is used everywhere:
seconds since the call started. Two times are never mixed:

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

import enum

import msgspec


class Channel(enum.StrEnum):
    """Whose voice a channel carries. MIXED is an undivided mono recording of both."""

    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    MIXED = "MIXED"

    @property
    def other(self) -> Channel:
        """The far side of the conversation; MIXED is its own far side."""
        if self is Channel.CUSTOMER:
            return Channel.AGENT
        if self is Channel.AGENT:
            return Channel.CUSTOMER
        return Channel.MIXED


class Track(enum.StrEnum):
    """What kind of cue a rule notices; decides priority and policy of its card."""

    SAFETY = "safety"
    THREAT = "threat"
    CONDUCT = "conduct"
    ESCALATION = "escalation"
    COACHING = "coaching"


class Level(enum.IntEnum):
    """How far the call has escalated. The words are what the screen shows."""

    CALM = 0
    UNEASY = 1
    UPSET = 2
    ANGRY = 3
    CRITICAL = 4


class Action(enum.StrEnum):
    """What the agent did with a key."""

    ACKNOWLEDGE = "acknowledge"
    DISMISS = "dismiss"
    USED = "used"
    NEXT_WORDING = "next_wording"
    SNOOZE = "snooze"
    CALM_MODE = "calm_mode"
    MUTE_RULE = "mute_rule"
    MARK_WRONG = "mark_wrong"
    PAUSE = "pause"
    RESUME = "resume"
    SWAP_CHANNELS = "swap_channels"
    CALLER = "caller"
    """Says who calls: ``note`` is the caller reference, empty to take it back."""
    END = "end"


class Suppression(enum.StrEnum):
    """Why a card that a rule asked for was not shown."""

    LOWER_PRIORITY = "lower_priority"
    COOLDOWN = "cooldown"
    MAX_PER_CALL = "max_per_call"
    TONE_BUDGET = "tone_budget"
    SNOOZED = "snoozed"
    CALM_MODE = "calm_mode"
    MUTED = "muted"
    ALREADY_DONE = "already_done"
    SAFETY_OPEN = "safety_open"
    DOUBTFUL = "doubtful"
    DUPLICATE = "duplicate"
    RULE_GONE = "rule_gone"
    """Its rule was taken out of force while it waited for the place."""
    NOT_SURE = "not_sure"
    """The words came near what the rule listens for, and not near enough."""
    ROUTINE = "routine"
    """A calm customer asked for it as one asks for anything (``card.routine_below``)."""


class Clearing(enum.StrEnum):
    """Why a card left the screen."""

    EXPIRED = "expired"
    USED = "used"
    DISMISSED = "dismissed"
    ACKNOWLEDGED = "acknowledged"
    REPLACED = "replaced"
    RESOLVED = "resolved"
    RETRACTED = "retracted"
    CALL_ENDED = "call_ended"


class Guard(enum.StrEnum):
    """Why words that were said are not meant; they count one severity less."""

    NEGATED = "negated"
    """"I'm not saying you're lying"."""
    QUOTED = "quoted"
    """"He told me you're useless"."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One recognised word."""

    text: str
    start: float
    """Seconds of call time."""
    end: float
    """Seconds of call time."""
    confidence: float
    """Probability given by the recogniser, 0 to 1."""


class ClauseScore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How close a clause comes to what a rule listens for."""

    key: str
    """Of the Meaning condition (``rules.model.Meaning.key``)."""
    rate: float
    """False alarms per hour of ordinary talk that comes as close; less is surer."""
    nearest: int = -1
    """Which of the condition's sentences it comes closest to, from 0."""


class Clause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A clause of an utterance, and what it was found to mean."""

    first: int
    """Index into ``text.split()`` of the first word."""
    last: int
    """Index of the last word, inclusive."""
    vector: str = ""
    """The clause as the encoder sees it, in base 85: other rules are tried on it later."""
    scores: tuple[ClauseScore, ...] = ()
    frustration: float = 0.0
    """How distressed the clause is by what it means, 0 to 1; ordinary talk stays near 0."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reason for a result: which rule, whose words, where, and which figure."""

    rule: str | None = None
    utterance: str | None = None
    channel: Channel | None = None
    start: float | None = None
    end: float | None = None
    text: str = ""
    """The words that matched, as they were recognised."""
    value: float | None = None
    """The measured figure, in the unit of the signal."""
    threshold: float | None = None
    """The bound that ``value`` crossed."""
    meaning: str = ""
    """The sentence of the rule that the words come closest to; ``value`` and ``threshold`` are
    false alarms per hour of ordinary talk then."""
    note: str = ""
    """One plain clause for a person, e.g. ``customer louder than usual``; decides nothing."""
    guard: Guard | None = None
    """Set where the words were said but not meant."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="type"):
    """Base of all events."""

    at: float
    """When the engine learned it: seconds since the call started."""


class Located(Event, frozen=True, kw_only=True):
    """An event with a place in one channel's audio."""

    channel: Channel
    start: float
    """Seconds of call time."""
    end: float
    """Seconds of call time."""


# --- facts ---------------------------------------------------------------------------------


class CallStarted(Event, frozen=True, kw_only=True):
    """The call began; always the first event."""

    call: str
    """Identifier of the call; also the stem of its journal's file name."""
    started: str
    """Wall-clock time of the start, ISO 8601 with offset. For people; nothing computes on it
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
    """Why it is doubtful, in plain words."""
    language: str = "en"
    """Code of what was spoken; ``und`` where it was not the call's language, nor sure which."""
    withdrawn: str = ""
    """Words that stood committed in a Hypothesis of it and that it no longer says."""
    clauses: tuple[Clause, ...] = ()
    """The meaning of the words."""
    speaker_confidence: float | msgspec.UnsetType = msgspec.UNSET
    """That the channel's person said it, 0.5 to 1, where one mixed track was split by its voices;
    UNSET where each person has a track, and then absent from the journal."""


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


# --- results -------------------------------------------------------------------------------


class SignalChanged(Event, frozen=True, kw_only=True):
    """A tracked figure crossed a bound that matters, or moved by a step worth showing."""

    signal: str
    """Name after the export conventions: ``sentiment_customer``, ``dead_air``, ..."""
    channel: Channel | None = None
    value: float | None = None
    because: tuple[Evidence, ...] = ()


class CueMatched(Located, frozen=True, kw_only=True):
    """A rule's condition held."""

    match: str
    """Identifier of this match, unique within the call."""
    utterance: str | None = None
    """The utterance whose words made it match; None where no single utterance did."""
    rule: str
    track: Track
    severity: int
    """0 (good news) to 4 (life and safety)."""
    text: str = ""
    because: tuple[Evidence, ...] = ()

    @property
    def guarded(self) -> bool:
        """Whether some of its words were negated or quoted."""
        return any(evidence.guard is not None for evidence in self.because)


class CueRetracted(Event, frozen=True, kw_only=True):
    """The final text no longer says what a draft said; the match is withdrawn."""

    match: str
    rule: str
    because: tuple[Evidence, ...] = ()


class EscalationChanged(Event, frozen=True, kw_only=True):
    """The call moved to another level."""

    level: Level
    previous: Level
    because: tuple[Evidence, ...] = ()


class LadderChanged(Event, frozen=True, kw_only=True):
    """The boundary ladder moved to another stage (see ``coach.engine.advice.boundary``)."""

    stage: str
    previous: str
    warnings: int
    """Warnings the agent has given."""
    because: tuple[Evidence, ...] = ()


class CardRaised(Event, frozen=True, kw_only=True):
    """A card is shown."""

    card: str
    """Identifier of this showing, unique within the call."""
    rule: str
    track: Track
    severity: int
    priority: int
    """Higher wins the one place on the screen."""
    do: str
    """What to do, in a few words."""
    say: str
    """The words to say; may be empty."""
    until: float | None
    """Call time at which it leaves by itself; None where it stays."""
    stays: bool
    """Whether it stays until the agent answers it."""
    danger: bool
    """Whether it is about a danger: it may interrupt, and nothing holds it back."""
    because: tuple[Evidence, ...] = ()


class CardStrengthened(Event, frozen=True, kw_only=True):
    """The card on the screen is about something graver than was known when it was raised."""

    card: str
    rule: str
    severity: int
    priority: int
    until: float | None
    """As in CardRaised; so are the next two."""
    stays: bool
    danger: bool
    because: tuple[Evidence, ...] = ()


class CardCleared(Event, frozen=True, kw_only=True):
    """A card left the screen."""

    card: str
    rule: str
    reason: Clearing
    because: tuple[Evidence, ...] = ()


class CardSuppressed(Event, frozen=True, kw_only=True):
    """A rule asked for a card and did not get it."""

    rule: str
    reason: Suppression
    because: tuple[Evidence, ...] = ()


class Nodded(Event, frozen=True, kw_only=True):
    """The agent has just done the right thing: a short nod instead of a card."""

    rule: str
    text: str
    because: tuple[Evidence, ...] = ()


class WarningGiven(Located, frozen=True, kw_only=True):
    """The agent gave the customer a boundary warning."""

    number: int
    """First warning is 1."""
    utterance: str
    text: str
    because: tuple[Evidence, ...] = ()


class CommitmentMade(Located, frozen=True, kw_only=True):
    """Somebody promised something."""

    utterance: str
    text: str
    owner: Channel
    due: str | None = None
    """ISO date (or date and time) where the words name one, else None."""
    because: tuple[Evidence, ...] = ()


class ChecklistTicked(Located, frozen=True, kw_only=True):
    """The agent said something that the checklist asks for."""

    item: str
    utterance: str
    text: str
    because: tuple[Evidence, ...] = ()


class AnnouncementHeard(Located, frozen=True, kw_only=True):
    """A recorded voice spoke: its words are nobody's, raise nothing and are no talk."""

    utterance: str
    kind: str
    """What it is for, in plain words: ``menu``, ``voicemail``, ..."""
    text: str
    because: tuple[Evidence, ...] = ()


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

Result = (
    SignalChanged
    | CueMatched
    | CueRetracted
    | EscalationChanged
    | LadderChanged
    | CardRaised
    | CardStrengthened
    | CardCleared
    | CardSuppressed
    | Nodded
    | WarningGiven
    | CommitmentMade
    | ChecklistTicked
    | AnnouncementHeard
)
"""What ``Engine.receive`` and ``Engine.advance`` give back."""

AnyEvent = Fact | Result
"""Every line of a journal but its header."""
