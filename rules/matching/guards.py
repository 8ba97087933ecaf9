"""Who means it: negation and reported speech in the words before a match.

Both are decided on words alone, so that punctuation, which a recogniser may leave out, never
changes the answer. A negation counts only where every word between it and the match can stand
inside the negated clause: "not trying to be rude" reaches on, "I'm not happy" does not.
"""

from __future__ import annotations

from coach.events import Guard
from rules.phrases.spelling import word_set

_REACH = 7
"""Words before a match that are looked at."""
_NEGATORS = frozenset({"not", "never"})
_WITHIN_NEGATION = word_set("""
    saying say said think thinking mean meaning suggesting implying claiming accusing calling
    call telling tell that going to want wanting trying try looking planning asking ask for need
    wish here about a an the any be do threatening feel believe gonna have had would will your
    anyone anybody them him her it my one is are really intending intend wanted needed tried
    meant asked there where like you
    """)
"""Words through which a negation reaches the match."""
_SAYING = word_set("""
    saying say said think thinking mean meaning believe suggesting implying claiming calling
    telling accusing
    """)
_SUBJECTS = word_set("i you he she it we they")
_NONE_OF = word_set("is was has have had with got be are see take taking without there")
_REPORTING = word_set("""
    said says saying told tells telling asked asks goes screamed screaming shouted shouting
    yelled yelling wrote texted claimed claims called calls reckons thinks thought replied
    answered hollered hollering hollers yells shouts screams
    """)
_WOULD_SAY = word_set("would will used")
"""Before "say" these make it somebody's habit: "people would say to him ..."."""
_SERVES = word_set("""
    call ring phone email mail text send sort look check refund help put transfer pass let fix
    arrange contact get give book order bring pay see speak talk have be try make ask write
    credit cancel
    """)
"""What is offered to customers: who is told so may go on with "and I will sue" themselves."""
_WITHIN_CLAUSE = 5
"""Words of the clause that goes on in which the match must begin."""
_GOES_ON_WORDS = 9
"""Words that a quoted clause has at most, before another one goes on with it."""
_VOICES = word_set("screaming shouting yelling hollering")
"""Before "at" these say how somebody speaks, not what: "stop shouting at me, I will ..."."""
_OWN = word_set("i we am have keep")
"""Before a verb of saying, these make it the caller's own words: "I told you ..."."""
_ADVERBS = word_set("already not even also")
"""These may stand between the teller and the verb: "I already told you", "he even said"."""
_LISTENERS = word_set("me us him her them")
_PHONED = word_set("back again about yesterday today twice and on in this last")
"""Words after "called" by which it means the telephone, and reports nothing."""
_CLAIMS_OF = word_set("""
    insurance motor car home travel health pet life property damage accident the our my your new
    all to in of for with open
""")
"""Before "claims" these make it a noun, such as the name of a department: it reports nothing."""
_NOBODY = word_set("nobody none anybody anyone ever")
_AUXILIARIES = word_set("has have had")
LINKS = word_set("like so well okay")
"""Soft words that matter here: they report, or begin a clause of its own."""
_NEW_CLAUSE = word_set("so well okay but now because anyway then listen look")


def guard_of(before: list[str], head: str) -> Guard | None:
    """Why a match whose first word is ``head`` is not meant; None where it is.

    ``before`` holds the words in front of it, soft ones left out (but "like", which may report).
    """
    further, before = before, before[-_REACH:]
    if _negated(before, head):
        return Guard.NEGATED
    if _quoted(before, head) or told_on(further, head):
        return Guard.QUOTED
    return None


def _negated(before: list[str], head: str) -> bool:
    for distance in range(1, min(5, len(before)) + 1):
        at = len(before) - distance
        word = before[at]
        between = before[at + 1 :]
        if word in _NEGATORS:
            if not all(w in _WITHIN_NEGATION for w in between):
                return False
            if head in _SUBJECTS or (between and between[-1] in _SUBJECTS):
                return any(w in _SAYING for w in between)
            return not (at > 0 and before[at - 1] == "why")
        if word == "no" and distance == 1 and at > 0:
            return before[at - 1] in _NONE_OF
        if word == "without" and distance <= 2:
            return True
    return False


def _quoted(before: list[str], head: str) -> bool:
    """Somebody else's words: "he told me ...", "my manager said that ..."."""
    if before[-1:] == ["and"] and head in {"i", "we"}:
        return False  # "she said no and I want ...": the caller's own clause
    for distance in range(1, min(6, len(before)) + 1):
        at = len(before) - distance
        if before[at] in _NEW_CLAUSE:
            return False
        if before[at] in _REPORTING or _was_like(before, at):
            return distance <= 5 and _reports(before, at)
        if before[at] == "say" and _would_say(before, at):
            return True
    return False


def told_by_another(before: list[str], head: str) -> bool:
    """Whether a clause that begins with ``head`` is what somebody else said: "he says, I'll ...".

    Nothing but the listener may stand between the verb and the clause.
    """
    if head not in {"i", "we"}:
        return False
    at = len(before) - 1
    while at >= 0 and before[at] in _LISTENERS | {"at", "to"}:
        at -= 1
    return at >= 0 and before[at] in _REPORTING and _reports(before, at)


def told_on(before: list[str], head: str) -> bool:
    """Whether somebody else's words go on: "he said, I'll come down there and I'll ...".

    Only behind a clause of theirs that says what they will do, and that serves nobody: "they said
    I'll call you back and I'll ..." may as well go on with the caller's own words.
    """
    words = [*before[-_GOES_ON_WORDS - _REACH :], head]
    joint = next((at for at in range(len(words) - 1, 0, -1) if words[at - 1] == "and"), 0)
    if not joint or words[joint] not in {"i", "we"} or len(words) - joint > _WITHIN_CLAUSE:
        return False
    for at in range(joint - 2, 0, -1):
        clause = words[at + 1 : joint - 1]
        if len(clause) > _GOES_ON_WORDS or _NEW_CLAUSE & set(clause):
            return False
        if told_by_another(words[:at], words[at]):
            return clause[:1] in (["will"], ["am"]) and not _SERVES & set(clause)
    return False


def _reports(before: list[str], at: int) -> bool:
    """Whether the verb at ``at`` hands on what somebody else said."""
    word, told = before[at], at
    while told > 0 and before[told - 1] in _ADVERBS:
        told -= 1
    subject = before[told - 1] if told > 0 else ""
    if word in {"called", "calls"} and _PHONED & set(before[at + 1 :]):
        return False
    if word == "claims" and (not subject or subject in _CLAIMS_OF):
        return False
    teller = before[max(0, told - 1 - (subject in _AUXILIARIES)) : told]
    if _NOBODY & set(teller) or before[max(0, told - 2) : told] == ["no", "one"]:
        return False  # "nobody said sorry", "the first thing anybody has said"
    listener = before[at + 1] if at + 1 < len(before) else ""
    if word in _VOICES and listener == "at":
        return False
    if (not subject or subject in _OWN) and listener != "like":
        return listener in _LISTENERS - {"me", "us"} and word != "asked"
    return subject != "you"


def _would_say(before: list[str], at: int) -> bool:
    """Somebody else's habit: "people would say ...", "they used to say ..."."""
    told = at - 1 - (before[at - 1 : at] == ["to"])
    subject = before[told - 1] if told > 0 else ""
    return told > 0 and before[told] in _WOULD_SAY and subject not in _OWN | {"you"}


def _was_like(before: list[str], at: int) -> bool:
    return before[at] in {"was", "am", "were"} and before[at + 1 : at + 2] == ["like"]
