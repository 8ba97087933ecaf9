"""The words that facts and results are told in: whose voice, how grave, which key, why."""

from __future__ import annotations

import enum


class Channel(enum.StrEnum):
    """Whose voice a channel carries. MIXED is one track of both, or what may be either's."""

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
