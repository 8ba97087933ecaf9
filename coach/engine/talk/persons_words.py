"""What people say and recordings do not: "I", "um", questions, what somebody else has said.

The words are plain: lower case, straight apostrophes, no hyphens.
"""

from __future__ import annotations

import re

_OWN = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself)\b")
_QUOTES = re.compile(
    r"\b(?:says|said|saying|tells|told|telling|recording|the machine|"
    r"your (?:system|message|robot|machine|menu)|heard|it (?:just )?(?:goes|went|keeps|kept)|"
    r"was like|when it asks|asks you|asked me|asking me|supposed to|you'll hear|you will hear|"
    r"keep (?:pressing|getting|hearing)|pressed|dialed one|got (?:a|the) (?:voicemail|recording))\b"
)
_HANDS_OVER = re.compile(
    r"\b(?:i|i'm|i'll|let me) (?:\w+ ){0,4}?(?:transfer|connect|put|pass|hand|get)"
    r"(?:ring|ing|ting|ping)? (?:you|your call|this call|my|a|an|the|one)\b"
)
"""Whoever says so has the call in hand."""
_PERSON = re.compile(
    r"\b(?:um|uh|er|erm|yeah|okay|ok|(?<!if )(?<!did )you know|well|so|"
    r"(?<!we are )(?<!we're )sorry|(?<!have a )look|listen here|actually|just(?! now)|"
    r"right(?! (?:now|away))|sir|madam|ma'am|mate|love|dear|oh|hmm|"
    r"alright|let's|let us|gonna|wanna|cause)\b"
)
_ASKS = re.compile(
    r"\?|\b(?:can you|could you|would you like|do you|did you(?! know)|have you|are you|"
    r"may i|can i|shall i|how can|how may|is there|what is|what's)\b"
)
_TOLD_AS_A_QUESTION = re.compile(r"\bdid you know\b[^?]*\?")
_GREETS = re.compile(
    r"\b(?:speaking|good (?:morning|afternoon|evening)|hello|hi|how (?:can|may)|you're through|"
    r"thanks for (?:waiting|holding)|bear with|my name)\b"
)
_PAST = re.compile(r"\b(?:was|were|had)\b(?! (?:received|not|transferred))")
_ADVISES = re.compile(
    r"\b(?:you need to|you'll (?:need|want|have)|you should|you can (?:then )?press|go ahead|then "
    r"(?:press|dial)|once you|again,? (?:call|ring|let|phone)|let us know|as well|too|make sure|"
    r"so you know|let you know)\b"
)


def has_own_words(plain: str) -> bool:
    """Whether words have something of a person's own."""
    return any(pattern.search(plain) for pattern in (_OWN, _PERSON, _ASKS))


def speaks_for_oneself(plain: str) -> bool:
    """Whether words that begin like a recording's say "I", quote somebody or ask."""
    return any(pattern.search(plain) for pattern in (_OWN, _QUOTES, _ASKS))


def reads_out(plain: str) -> bool:
    """Whether words have nothing of a person's, as those have that somebody reads out."""
    persons = (_OWN, _QUOTES, _PERSON, _ASKS, _GREETS, _ADVISES)
    return not any(pattern.search(plain) for pattern in persons)


def weight_of_person(plain: str, *, may_own: bool) -> int:
    """How much speaks for a person; ``may_own``: where a recording may say "I" as well."""
    own = 0 if may_own and not _QUOTES.search(plain) else len(_OWN.findall(plain))
    against = 2 * min(own, 2)
    against += 1 if _PAST.search(plain) else 0
    against += 3 if _QUOTES.search(plain) else 0
    asked = _TOLD_AS_A_QUESTION.sub("", plain)
    against += 2 if _ASKS.search(asked) else 0
    against += 1 if _PERSON.search(plain) else 0
    against += 2 if _ADVISES.search(plain) else 0
    against += 8 if _HANDS_OVER.search(plain) and not _QUOTES.search(plain) else 0
    return against
