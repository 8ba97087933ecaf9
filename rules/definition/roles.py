"""What rules are to the program: their families, and the roles the engine knows them by.

A rule's id is a name that packs and floors choose. Whatever the program does with a particular
rule hangs on its role, which the pack declares, so a floor may bring its own rules for it.
"""

from __future__ import annotations

import enum


class Family(enum.StrEnum):
    """What kind of rule it is; the first part of its id says so."""

    SAFETY = "safety"
    THREAT = "threat"
    CONDUCT = "conduct"
    LADDER = "ladder"
    """Cards of the boundary ladder, shown by the ladder alone."""
    ESCALATION = "esc"
    AGENT = "agent"
    SAY = "say"
    """Good phrases of the agent's."""
    CHECKLIST = "checklist"
    NOTE = "note"
    """What the call record is made of."""
    LINE = "line"
    """Somebody is not heard: trouble with the sound, not with the matter."""
    OTHER = "other"
    """A family of a floor's own, whose rules name their track."""

    @property
    def is_cue(self) -> bool:
        """Whether its matches are cues: something to notice, not what goes on in every call."""
        return self not in (Family.SAY, Family.CHECKLIST, Family.NOTE, Family.LADDER)


class Role(enum.StrEnum):
    """What the program uses a rule for; rules may share one, and a rule may have several."""

    WARNING_REQUEST = "warning_request"
    """Hears the agent ask for respect: a boundary warning."""
    WARNING_LIMIT = "warning_limit"
    """Hears the agent name the limit and what follows: a boundary warning."""
    END_CALL = "end_call"
    """Hears the agent end the call for cause."""

    LADDER_ACKNOWLEDGE = "ladder_acknowledge"
    """Its card acknowledges a first offence."""
    LADDER_REQUEST = "ladder_request"
    """Its card asks for respect."""
    LADDER_LIMIT = "ladder_limit"
    """Its card is the last warning, with its consequence."""
    LADDER_END = "ladder_end"
    """Its card ends the call."""

    OFFENCE = "offence"
    """Disrespect towards the agent: it climbs the boundary ladder."""
    ZERO_TOLERANCE = "zero_tolerance"
    """It goes straight to the top of the boundary ladder."""
    PLAIN_ENOUGH = "plain_enough"
    """Its words need no second evidence, however severe."""
    HOLDS_LADDER = "holds_ladder"
    """After it the boundary ladder stands still: help comes first."""
    CARE = "care"
    """It calls for care and does not escalate the call."""

    REPROACH = "reproach"
    """Hears the customer reproach the agent, and not only the matter: a reason for anger."""
    SUPERVISOR = "supervisor"
    """The customer asks for somebody above the agent: a floor that follows its calls is told."""

    MATTER = "matter"
    """What went wrong, as the customer tells it."""
    WANT = "want"
    """What the customer wants."""
    STEP = "step"
    """What the agent did or does."""
    PROMISE = "promise"
    """Somebody promises something."""
    BAD_NEWS = "bad_news"
    """Hears the agent refuse or put off: praise that follows may be sarcasm."""
    RELIEF = "relief"
    """Hears plain good news from the customer. This and the next three tell who has settled."""
    REGRET = "regret"
    """Hears the customer say sorry for their own anger."""
    THANKS = "thanks"
    """Hears the customer say thank you."""
    ACCEPTS = "accepts"
    """Hears the customer agree to what they are offered, or say that it is done."""
    RESIGNED = "resigned"
    """Hears the customer give in without being glad: it takes up nothing that was put right."""
    STORY = "story"
    """Hears what opens a story: a danger in the draft behind it waits for a few more words."""
    CLOSING = "closing"
    """The call draws to its end."""
    GOODBYE = "goodbye"
    """Nothing is recalled any more."""
    FOLLOW_UP = "follow_up"
    """Something is to come after the call: a rule that hears so, and the item of the checklist
    that tells when, which is then recalled however short the call was."""

    EMPATHY = "empathy"
    """Hears the agent name or accept a feeling. This and the next six earn praise."""
    PARAPHRASE = "paraphrase"
    APOLOGY = "apology"
    OWNERSHIP = "ownership"
    CHOICE = "choice"
    SOLUTION = "solution"
    NEXT_STEP = "next_step"

    TAKEAWAY = "takeaway"
    """An item of the checklist that the customer takes away from the call."""
    OMISSION = "omission"
    """About what the agent did not say or do, or has not yet: silent until the agent's side has
    said something in the call, since nothing follows from what nobody could have heard."""
    WORDING_FAULT = "wording_fault"
    """What the product warns agents against saying, and so must not offer them to say."""
