"""All that the report of one call holds, as plain data; its JSON form is these names.

Times are seconds of call time unless said otherwise, levels and fates their words.
"""

from __future__ import annotations

import msgspec

from coach.events import Channel

FORM = 1
"""Version of the JSON form."""


class Span(msgspec.Struct, frozen=True):
    """From when to when."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


class SidedSpan(Span, frozen=True):
    """From when to when one side did something."""

    side: Channel


class LevelStep(msgspec.Struct, frozen=True):
    """The call came to a level and stayed there until the next step."""

    at: float
    level: int
    """0 (calm) to 4 (critical)."""
    why: str = ""


class ReportedMood(msgspec.Struct, frozen=True):
    """The mood of a side after one of its turns."""

    at: float
    score: float
    """-5 (very negative) to +5 (very positive)."""


class MoodLine(msgspec.Struct, frozen=True):
    """How the mood of a side moved."""

    side: Channel
    points: tuple[ReportedMood, ...]


class TimeLine(msgspec.Struct, frozen=True, kw_only=True):
    """What happened when, for the eye."""

    seconds: float
    levels: tuple[LevelStep, ...]
    moods: tuple[MoodLine, ...]
    speech: tuple[SidedSpan, ...]
    talk_overs: tuple[SidedSpan, ...]
    """``side`` is who began to speak while the other one spoke."""
    silences: tuple[Span, ...]
    """Longer than 3 s, holds not among them."""
    holds: tuple[Span, ...]
    """Silences that the agent announced, and recorded messages of waiting."""
    off_record: tuple[Span, ...]
    """The agent had paused the call."""
    lost: tuple[SidedSpan, ...]
    """Sound that was lost."""


class SideFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one side's talk comes to."""

    talk_s: float
    """Seconds of speech."""
    words: int
    pace_wpm: float | None
    """Words a minute of own speech; None under one second of it."""
    talk_overs: int
    """How often this side began to speak over the other one, for 1.5 s at least; short
    acknowledgements ("uh-huh") do not count."""
    talk_over_s: float
    """Seconds of that."""
    longest_s: float
    """The longest turn: speech with pauses of at most 3 s in which the other side said no more
    than "uh-huh"."""
    longest_at: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The call in figures; what one undivided track cannot tell is None."""

    talk_s: float
    """From the beginning to the last word."""
    agent: SideFigures | None
    customer: SideFigures | None
    both: SideFigures | None
    """Of a call with both people on one track."""
    agent_share: float | None
    """Agent's share of all speech, 0 to 1."""
    dead_air_s: float
    """Seconds of silences longer than 3 s."""
    dead_airs: int
    longest_silence: Span | None
    hold_s: float


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's own words."""

    at: float
    side: Channel
    text: str


class PromiseTold(Quote, frozen=True, kw_only=True):
    """Somebody promised something."""

    due: str | None
    """ISO date (or date and time) where the words name one."""
    again: tuple[float, ...] = ()
    """When the same was promised again: in whatever words with the same date, or in the same."""


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """What the call was about, in the words it was said in."""

    opening: tuple[Quote, ...]
    """The first that the customer said at some length."""
    wrong: tuple[Quote, ...]
    """What had gone wrong, as the customer tells it."""
    wants: tuple[Quote, ...]
    tried: tuple[Quote, ...]
    promised: tuple[PromiseTold, ...]
    warnings: tuple[Quote, ...]
    """Limits that the agent set."""


class MarkTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer said of a moment, or the agent during the call."""

    at: float
    verdict: str
    by: str
    made: str
    """Wall-clock time, ISO 8601 with offset; empty for the agent's own."""
    card: str | None
    rule: str | None
    note: str


class CardTold(msgspec.Struct, frozen=True, kw_only=True):
    """A card that was shown."""

    card: str
    rule: str
    title: str
    """The rule's; its id where the rules are not known."""
    track: str
    severity: int
    at: float
    do: str
    say: str
    because: tuple[str, ...]
    """The evidence: words with who said them and when, figures with their bounds."""
    limits: str
    """When the rule matches and how often it may show a card; empty where it is not known."""
    graver: tuple[str, ...]
    """Why it became graver while it was shown."""
    fate: str
    """What became of it; ``shown`` where it stood to the end of an unfinished journal."""
    cleared: float | None


class KeptBackTold(msgspec.Struct, frozen=True, kw_only=True):
    """A card that a rule asked for and that was not shown, once for each rule and reason."""

    rule: str
    title: str
    reason: str
    told: str
    """The reason in words."""
    at: tuple[float, ...]
    """Every time."""
    because: tuple[str, ...]
    """The evidence the first time."""


class CheckTold(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the checklist."""

    item: str
    title: str
    done: float | None
    text: str
    """The words that did it."""


class LineTold(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the transcript."""

    start: float
    end: float
    side: Channel
    text: str
    doubtful: bool = False
    """The recogniser was unsure of the words, or both talk in some of them."""
    speaker_unsure: float | None = None
    """How sure it is who spoke, 0.5 to 1, where that is judged by the voice and is low."""
    announcement: str = ""
    """What a recorded voice is for; empty where a person speaks."""
    cues: tuple[str, ...] = ()
    """Titles of what was noticed in it."""
    heard: str = ""
    """As it was heard, where a reviewer put ``text`` or ``side`` right."""
    heard_side: Channel | None = None
    """Whose it was taken for; None where nothing was put right."""
    put_right_by: str = ""


class CallReport(msgspec.Struct, frozen=True, kw_only=True):
    """The report of one call."""

    form: int = FORM
    call: str
    place: str
    """How `coach review` finds it: its name in the library, or its journal's path."""
    kind: str
    started: str
    """Wall-clock time, ISO 8601 with offset; empty where it is unknown."""
    seconds: float
    ended: bool
    """False where the journal has no end: the call goes on, or the program was stopped."""
    agent: str
    queue: str
    tags: tuple[str, ...]
    caller: str
    source: str
    language: str
    mixed: bool
    """Both people are on one undivided track."""
    divided: bool
    """Both people were on one track, which was divided by their voices."""
    version: str
    """Of the program that coached it."""
    rules: str
    """Which rules, on one line."""
    model: str
    encoder: str
    masked: str
    """What was masked before anything was written, in words."""
    level: str
    """The worst that was reached."""
    last_level: str
    score: float | None
    """Per cent of the newest scorecard."""
    remarks: tuple[str, ...]
    """What a reader has to know before trusting the rest."""
    matter: Matter
    well: tuple[str, ...]
    try_next: str
    time_line: TimeLine
    figures: Figures
    cards: tuple[CardTold, ...]
    kept_back: tuple[KeptBackTold, ...]
    checklist: tuple[CheckTold, ...]
    marks: tuple[MarkTold, ...]
    notes: str
    """What was written down about the call, as it was written."""
    lines: tuple[LineTold, ...]
    """As they were put right by reviewers, where they were."""
    figures_of: str = "as heard"
    """What all figures, cards and levels go by, whatever was put right in the transcript."""
