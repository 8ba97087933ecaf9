"""The frozen picture of a call that any front end draws.

``Engine.snapshot()`` makes one; a front end only reads it. Nothing here is computed from the
wall clock: ``at`` is call time, and everything else was true at that moment.
"""

from __future__ import annotations

import msgspec

from coach.events import Channel, Evidence, Level, Track
from rules.definition.roles import Role


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The one card on the screen."""

    card: str
    rule: str
    title: str
    track: Track
    severity: int
    do: str
    say: str
    wording: int
    """Which of the wordings ``say`` is, counted from 1."""
    wordings: int
    because: tuple[Evidence, ...]
    raised: float
    until: float | None
    """Call time at which it leaves by itself; None where it stays."""
    stays: bool
    """Whether it stays until the agent answers it."""
    danger: bool
    """Whether it is about a danger to life or a threat: nothing may hide it."""


class PastCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card that has left the screen."""

    card: str
    rule: str
    title: str
    raised: float
    cleared: float
    reason: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of speech in the transcript."""

    utterance: str
    channel: Channel
    start: float
    end: float
    text: str
    """Final or committed words, as a person would write them (``coach.notes.written``)."""
    tail: str = ""
    """Draft words; empty once final."""
    final: bool = True
    doubtful: bool = False
    announcement: str = ""
    """What a recorded voice is for (``menu``, ``voicemail``, ...); empty where a person speaks."""
    doubt: str = ""
    """Why it is doubtful, perhaps another language, or where some of its words are unsure."""
    withdrawn: str = ""
    """Words that stood here as sure and are not said any more."""
    cues: tuple[str, ...] = ()
    """Ids of the rules that noticed something in it; what goes on in every call, such as a tick of
    the checklist, is not among them."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Sound of one side that was lost between ``start`` and ``end``."""

    channel: Channel
    start: float
    end: float
    cause: str


class MoodPoint(msgspec.Struct, frozen=True, kw_only=True):
    """The mood of one side after one of its turns."""

    at: float
    score: float
    """-5 (very negative) to +5 (very positive)."""
    uncertainty: float
    """Half-width of a rough 80 % interval, on the same scale."""


class ChannelHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How one side's sound is doing."""

    channel: Channel
    dbfs: float | None = None
    """Level over the last half second; None before any sound arrived."""
    speaking: bool = False
    silent_for: float = 0.0
    """Seconds since anything above the noise floor of -60 dBFS arrived."""
    clipping: bool = False
    """More than 1 % of the last five seconds' samples at full scale."""
    lost: float = 0.0
    """Seconds of sound lost since the call began."""


class Measurements(msgspec.Struct, frozen=True, kw_only=True):
    """Plain figures about the conversation; names after the export conventions."""

    talk_share_agent: float | None = None
    """Agent's share of all speech so far, 0 to 1."""
    pace_agent_wpm: float | None = None
    pace_customer_wpm: float | None = None
    interruptions_agent: int = 0
    interruptions_customer: int = 0
    dead_air: float = 0.0
    """Seconds of silence up to now; 0 while somebody speaks."""
    agent_turn: float = 0.0
    """Length of the agent's turn still open, seconds; 0 otherwise."""
    customer_over_baseline_db: float | None = None
    agent_over_baseline_db: float | None = None


class LadderView(msgspec.Struct, frozen=True, kw_only=True):
    """Where the boundary ladder stands."""

    stage: str = "none"
    warnings: int = 0
    needed: int = 2
    """Warnings before a call may be ended."""
    held: bool = False
    """True while a danger is open or help comes first: no boundary card is shown."""


class CheckItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the checklist."""

    item: str
    title: str
    done: float | None = None
    """Call time at which it was said; None while open."""
    takeaway: bool = False
    """Whether it is something that the customer takes away from the call."""


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said and that the record keeps."""

    at: float
    """Call time at which it was said."""
    channel: Channel
    utterance: str
    text: str
    """The speaker's own words, cut to the clause that matters."""


class Commitment(msgspec.Struct, frozen=True, kw_only=True):
    """A promise made in the call."""

    owner: Channel
    """Who promised it, on the channel of that name."""
    text: str
    due: str | None
    """ISO date (or date and time) where the words name one, else None."""
    at: float
    """Call time at which it was said."""
    utterance: str
    again: tuple[float, ...] = ()
    """Call times at which it was said once more, in whatever words, with the same date."""


class NotedWarning(Noted, frozen=True, kw_only=True):
    """A boundary warning that the agent gave."""

    number: int
    """First warning is 1."""


class NotedCue(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a rule noticed about the customer."""

    at: float
    """Call time at which it began."""
    end: float
    channel: Channel
    utterance: str | None
    """The words that it rests on; None where it rests on none, such as a raised voice."""
    text: str
    """Those words as they were recognised."""
    match: str
    rule: str
    title: str
    """The rule's."""
    track: Track
    severity: int


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What the call has been about so far: facts, each with its time, side and utterance.

    ``coach.notes`` makes words of it.
    """

    opening: tuple[Noted, ...] = ()
    """The first that the customer said at some length: the matter in their own words, whatever
    rules made of them."""
    matters: tuple[Noted, ...] = ()
    """What had gone wrong, as the customer tells it."""
    wants: tuple[Noted, ...] = ()
    """What the customer asked for."""
    steps: tuple[Noted, ...] = ()
    """What the agent said was done or would be done."""
    commitments: tuple[Commitment, ...] = ()
    warnings: tuple[NotedWarning, ...] = ()
    cues: tuple[NotedCue, ...] = ()
    """In the order in which they were said."""


class AfterCall(msgspec.Struct, frozen=True, kw_only=True):
    """The card after a call (see ``coach.notes.after_call``)."""

    well: tuple[str, ...] = ()
    """What went well; at most three lines."""
    try_next: str = ""
    """One thing to try, or empty."""
    rest: str = ""
    """A suggestion to take a break after a hard call, or empty."""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A component that is degraded, or a warning about the sound."""

    component: str
    detail: str
    since: float


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the floor was told, or that it said."""

    at: float
    """Unix time."""
    words: str
    """For the agent."""
    sent: str
    """The message itself; empty for what came from the floor."""


class FloorView(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent can see of what the floor sees."""

    broker: str
    """Its name and port."""
    agent: str
    """The name under which the agent is shown."""
    words: bool
    """Whether what was said is told too."""
    connected: bool = False
    waiting: int = 0
    """Messages that the broker has not confirmed."""
    told: tuple[Told, ...] = ()
    """Newest last."""
    seen: Told | None = None
    """The last alarm that a supervisor acknowledged, and when."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a front end needs at one moment."""

    at: float
    call: str = ""
    """Identifier of the call; empty while none is on."""
    source: str = ""
    caller: str = ""
    language: str = "en"
    started: bool = False
    ended: bool = False
    begins_on_sound: bool = True
    """While no call is on: whether the next one begins when the far end speaks, or only by key."""
    paused: bool = False
    calm_mode: bool = False
    snoozed_until: float | None = None
    level: Level = Level.CALM
    level_since: float = 0.0
    level_because: tuple[Evidence, ...] = ()
    card: Card | None = None
    history: tuple[PastCard, ...] = ()
    """Newest last."""
    nod: str = ""
    transcript: tuple[Line, ...] = ()
    """Oldest first, by start; at most the last 200 lines."""
    gaps: tuple[Gap, ...] = ()
    """Stretches of lost sound, oldest first; shown among the lines of the transcript."""
    mood: tuple[MoodPoint, ...] = ()
    agent_mood: tuple[MoodPoint, ...] = ()
    """The agent's, for looking at the call afterwards; during it nobody is shown it."""
    mood_trend: str = ""
    """``rising``, ``falling``, ``steady``, or empty while too little was said."""
    measurements: Measurements = Measurements()
    health: tuple[ChannelHealth, ...] = ()
    lag: float | None = None
    """Seconds from a word's end to its commitment, median of the last ten; None before any."""
    ladder: LadderView = LadderView()
    checklist: tuple[CheckItem, ...] = ()
    record: Record = Record()
    trouble: tuple[Trouble, ...] = ()
    notices: tuple[str, ...] = ()
    """Standing remarks, e.g. that the recording is undivided mono."""
    rules: str = ""
    """Which rules are in force, on one line."""
    peak_level: Level = Level.CALM
    """The highest level so far."""
    journalled: bool = True
    """Whether the keys pressed now are kept in a journal."""
    looking_back: bool = False
    """A replay shows a moment that is past: keys change what is looked at and nothing else."""
    praise: tuple[Role, ...] = ()
    """What the agent's final words did well, in order."""
    floor: FloorView | None = None
    """What the floor is told of the calls; None where it is told nothing."""
    after_call: AfterCall | None = None
    """Set once the call has ended."""
