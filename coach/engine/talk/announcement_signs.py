"""What recorded voices say: menus, hold messages, voicemail greetings, notices of many kinds."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from typing import NamedTuple

import re2


class AnnouncementKind(enum.StrEnum):
    """What a recorded voice is for."""

    MENU = "menu"
    HOLD = "hold message"
    VOICEMAIL = "voicemail"
    EMERGENCY = "emergency notice"
    NETWORK = "network message"
    CONFERENCE = "conference"
    NOTICE = "recorded notice"


class AnnouncementSign(NamedTuple):
    """Words by which a recorded voice is known."""

    kind: AnnouncementKind
    weight: int
    """How much it says; ``AnnouncementSettings.needed`` decides."""
    pattern: re.Pattern[str]
    own: bool
    """Whoever says it may say "I" as well: greetings of people, voices of machines."""
    spoken: bool
    """People who transfer a call or let somebody wait say it in the same words."""


_KEY = (
    r"(?:\d+|zero|one|two|three|four|five|six|seven|eight|nine|"
    r"(?:the )?(?:star|pound|hash)\w*|[*#])"
)
_STAFF = (
    r"(?:agent|operator|representative|advis[eo]r|associate|specialist|assistant|colleague|"
    r"nurse|member of (?:the|our) team)s?"
)
_PLACE = r"(?:first|second|third|fourth|fifth|sixth|\w+th|next|number \w+)"
_SIGNAL = r"(?:tone|beep|bleep|signal)"
_KIND = AnnouncementKind


def _signs(
    kind: AnnouncementKind, weight: int, *patterns: str, own: bool = False, spoken: bool = False
) -> list[AnnouncementSign]:
    return [
        AnnouncementSign(kind, weight, re.compile(pattern), own, spoken) for pattern in patterns
    ]


SIGNS: tuple[AnnouncementSign, ...] = (
    *_signs(
        _KIND.MENU,
        3,
        rf"\b(?:press|dial|say|push|select) {_KEY}\b.{{0,3}}\b(?:for|to|if)\b",
        rf"\b(?:for|to|if) .{{2,70}}\b(?:press|dial|push|select) {_KEY}\b",
        r"\b(?:menu|options) (?:options )?(?:have|has) (?:recently )?changed\b",
        r"\blisten (?:carefully|closely) (?:to|as|because) (?:the|our|these)\b",
        r"\bplease (?:choose|select|listen to) (?:from |one of )?(?:the )?following\b",
        r"(?:^|[.,] )to (?:repeat|hear) (?:this|these|the) (?:menu|options|message|choices)\b",
        r"\breturn to the (?:main|previous) menu\b",
        r"\bfollowed by (?:the )?(?:pound|hash|star)\b",
        r"\b(?:para (?:español|espanol|continuar)|oprima|marque el)\b",
        r"\bplease say (?:or enter|yes or no)\b",
        r"\bthat is not a valid (?:entry|option|selection|response|extension)\b",
        r"\byou have entered (?:an invalid|too many)\b",
        r"\byour message has been (?:sent|saved|forwarded|deleted|successfully)\b",
        r"\b(?:your entry|the number you entered|that selection) (?:is|was) (?:not|in)\b",
        r"\bif you know your party's extension\b",
        rf"(?:^|[,.] )(?:please |simply |just )?(?:choose|select|press) (?:option )?{_KEY}"
        r"(?:$|[.,;!]| (?:now|at any time)\b)",
        r"\b(?:choose|select) (?:from )?(?:one of )?the following\b",
        r"\bwe (?:did not|didn't|could not|couldn't) recogni[sz]e (?:that|your)\b",
        r"^using (?:your|the) (?:telephone |phone )?keypad\b",
    ),
    *_signs(
        _KIND.MENU,
        3,
        r"\byou can say (?:things like|something like|for example)\b",
        r"\bin a few words,? (?:please )?(?:tell|say|describe)\b",
        own=True,
    ),
    *_signs(
        _KIND.MENU,
        2,
        rf"^(?:or |otherwise |and )?(?:press|dial|push) {_KEY}\b",
        r"\bplease (?:enter|key in|input) (?:your|the|one)\b",
        r"\bpress (?:the )?(?:pound|hash|star)\b",
        r"\b(?:using|on) (?:your|the) (?:telephone |phone )?keypad\b",
        rf"\bhold for an? {_STAFF}\b",
        r"\bthat(?: is|'s) not a valid\b",
        r"\bplease make your selection\b",
        r"\bfor english\b",
        r"\bmain menu\b",
        r"\bautomated (?:assistant|system|service|attendant)\b",
    ),
    *_signs(_KIND.MENU, 2, r"\byour virtual (?:assistant|agent)\b", own=True),
    *_signs(
        _KIND.HOLD,
        3,
        r"\b(?:your|each|every) call is (?:very |really |extremely )?important to us\b",
        r"\b(?:all|all of) (?:of )?(?:our|the) [a-z ]{0,40}\b(?:are|is) "
        r"(?:currently |presently |still |all )?"
        r"(?:busy|assisting|helping|serving|engaged|speaking)\b",
        r"\bplease continue (?:to hold|holding)\b",
        r"\byou are (?:currently |now )?(?:number |caller )?\w+ in (?:the |our )?(?:queue|line)\b",
        r"\byou are (?:currently |now )?(?:number|caller) \w+\b",
        r"\bin the order (?:in which )?(?:it was|they were|it is) received\b",
        r"\bexperiencing (?:a )?(?:high|higher|unusually|longer|heavy|large)\b",
        r"\bcall volumes? (?:is|are) (?:currently )?(?:high|higher|unusually)\b",
        r"\bcalls (?:may|will|are|could) (?:be )?(?:monitored|recorded|being recorded)\b",
        r"\bplease try your call again\b",
        rf"\byou are (?:now |currently )?{_PLACE} in (?:the |our )?(?:queue|line)\b",
        r"\bthere (?:are|is) (?:currently |now )?\w+ (?:caller|call|people|person|customer)s? "
        r"(?:ahead of|in front of|before) you\b",
        r"\byou (?:are being held|are held|have been placed|have joined|are) (?:now )?(?:in )?"
        r"(?:a|the|our) queue\b",
        r"\byour (?:position|place) in (?:the|our) (?:queue|line)\b",
        rf"\byour position is (?:now )?(?:number )?{_KEY}\b",
        r"\ball (?:of )?(?:our |the )?lines are\b",
        rf"\b(?:our|the) {_STAFF} are (?:all |currently |still |presently )*"
        r"(?:busy|taking|on|assisting|helping|serving|engaged|speaking)\b",
        r"\byour call (?:matters|means)\b",
    ),
    *_signs(
        _KIND.HOLD,
        2,
        r"\bfor (?:quality|training)(?: \w+)?(?: and \w+)?(?: \w+)? purposes\b",
        r"\bthis call (?:may|will|is)(?: be)?(?: being)? (?:monitored|recorded)\b",
        r"\bwe (?:really )?(?:value|appreciate) your (?:call|custom|patience|business)\b",
        r"\bour (?:phone ?)?lines are (?:currently |now |very |extremely )*(?:busy|closed)\b",
        r"\bwait longer than (?:usual|normal)\b",
        r"\beveryone (?:here )?is (?:currently )?(?:busy|helping)\b",
        r"\bour offices? (?:is|are) (?:currently |now )?closed\b",
    ),
    *_signs(
        _KIND.HOLD,
        3,
        r"\byour call (?:will be|has been|is being|is) "
        r"(?:answered|taken|placed|put|connected|transferred|queued|held|in a queue|next)\b",
        r"\bplease (?:stay|remain|continue to hold|hold)\b(?: on)?(?: the line)? (?:and|for|while) "
        r"(?:your call|we connect|the next|an? (?:agent|operator|representative|advisor|member))",
        r"\b(?:stay|remain) on the line (?:and|for|to|or) (?:your|you will|an?|the|one|be|speak)\b",
        r"\bnext available (?:agent|representative|operator|advisor|adviser|associate|member|"
        r"specialist|person|team member|nurse)\b",
        r"\bplease wait while (?:we|your call|the system)\b",
        r"\b(?:estimated|expected|current|approximate|average) (?:wait|hold|waiting)\b",
        r"\bto (?:speak|talk) to (?:an?|the|our|one of) [a-z ]{2,30}, (?:please |simply |just )*"
        r"(?:hold|stay|wait)\b",
        spoken=True,
    ),
    *_signs(
        _KIND.HOLD,
        2,
        r"\bthank you for (?:calling|holding|your patience|waiting|your continued)\b",
        r"\bplease (?:hold|stay on the line|remain on the line|do not hang up)\b",
        r"\bwe apologi[sz]e for (?:the|any) (?:delay|wait|inconvenience)\b",
        r"\b(?:someone|an? (?:agent|representative|operator|advisor|member of our team)) will be "
        r"with you (?:shortly|soon|as soon)\b",
        r"\bwe will (?:be with you|answer|take your call|speak to you) (?:your call )?"
        r"(?:shortly|soon|as soon)\b",
        rf"\b(?:an?|our|the next|one of our) (?:{_STAFF}|team) will "
        r"(?:speak to you|be with you|take|answer|help)\b",
        r"\bwe(?: are|'re) closed (?:for|at|until)\b",
        spoken=True,
    ),
    *_signs(
        _KIND.HOLD,
        1,
        r"\bvisit (?:us at|us online|our website|www)\b",
        r"\bdid you know\b",
        r"\bdownload our\b",
        r"\bour (?:opening|office|business|branch|normal) hours\b",
        r"\bwe are (?:currently )?closed\b",
        r"\bfor (?:faster|quicker) service\b",
        r"\bplease try again\b",
        r"\bwhile you(?: are|'re)? wait(?:ing)?\b",
        r"\b(?:in|on|at|with) our (?:app|website|web site)\b",
        r"\bre-?opens?\b|\bopen again\b",
        r"\bwe(?: are|'re) sorry (?:to keep|for keeping) you waiting\b",
        r"\bwe (?:did not|didn't) (?:get|catch) that\b",
        r"\bplease hold or\b",
        r"\bhave your [a-z ]{2,40} (?:ready|to hand|at hand)\b",
        r"\bwhen you are connected\b",
        r"^to save time\b",
        r"\bwe expect to answer\b",
        r"\bquality (?:assurance|and training)\b",
    ),
    *_signs(
        _KIND.VOICEMAIL,
        3,
        r"\b(?:leave|record) (?:me |us )?(?:a|your) (?:\w+ ){0,2}(?:message|name)\b.{0,60}"
        r"\b(?:tone|beep|get back|return your|call you back|as soon)\b",
        r"\b(?:after|at) the (?:tone|beep)\b.{0,40}\b(?:leave|record|message)\b",
        r"\byou(?: have|'ve) reached (?:the )?(?:voice ?mail|mailbox|answering)\b",
        r"\bplease (?:leave|record) (?:a|your)\b",
        r"^(?:hi|hello|hey)\b.{0,60}[.,!;] (?:just )?leave (?:me |us )?(?:a|your) message\b",
        rf"\b(?:speak|talk|say|leave|give)\b(?: [\w,']+){{0,8}} (?:after|at|following) the "
        rf"{_SIGNAL}\b",
        r"\b(?:nobody|no one) (?:is available to|can|is able to) (?:take your call|answer)\b",
        r"\bthis is the (?:voice ?mail|messaging|answering) service\b",
        own=True,
    ),
    *_signs(
        _KIND.VOICEMAIL,
        3,
        r"\bthe (?:person|party|customer|subscriber|mailbox)\b.{0,30}"
        r"\b(?:is not|isn't|is unable|cannot|full|unavailable)\b",
        r"\bmailbox (?:is full|belonging to|has not been set up)\b",
        r"\bwhen you (?:are|have) (?:finished|done)(?: recording)?,? (?:you may )?(?:hang|press)\b",
        r"\bforwarded to (?:an automated |a )?voice ?(?:mail|messag)",
        r"^(?:after|at) the (?:tone|beep)\b",
    ),
    *_signs(
        _KIND.VOICEMAIL,
        2,
        r"\byou(?: have|'ve) reached\b",
        r"\b(?:can't|cannot|unable to|not able to) "
        r"(?:(?:come|get) to (?:the|my) phone|take your call|answer (?:the|my) phone)\b",
        r"\bleave your (?:details|name|number)\b",
        r"\bis not available(?: right now| at the moment)?\b",
        own=True,
    ),
    *_signs(
        _KIND.VOICEMAIL,
        1,
        r"\b(?:i|we)(?:'ll| will) (?:ring|call|phone|get back|return)\b",
        r"\b(?:i|we)(?: have|'ve)? missed your call\b",
        r"\bsay who you are\b",
        r"\baway from (?:my|the|our) (?:desk|phone|office)\b",
        own=True,
    ),
    *_signs(
        _KIND.EMERGENCY,
        3,
        r"\bhang up (?:now |immediately |the phone )*(?:and|then) (?:dial|call)\b",
        r"^if (?:this is|you have|you are having|you're having|you are experiencing|"
        r"you're experiencing) (?:a|an) (?:\w+ ){0,3}emergency\b.{0,12}"
        r"\b(?:hang|dial|call|press|please|go|stop)\b",
        r"\bif you (?:can )?(?:smell|suspect|detect) (?:gas|a gas leak|natural gas)\b.{0,20}"
        r"\b(?:hang|dial|press|please leave|leave|evacuate|do not|call|stay)\b",
        r"\bif you are (?:in (?:a |an )?(?:\w+ )?(?:crisis|danger)|thinking (?:of|about)|"
        r"having (?:thoughts|suicidal)|feeling (?:suicidal|unsafe)).{0,60}"
        r"\b(?:hang|dial|call|press|text)\b",
        r"\bgo to (?:the|your) nearest emergency\b",
    ),
    *_signs(
        _KIND.EMERGENCY,
        3,
        r"^if (?:you|somebody|someone|anybody|anyone|there)\b.{2,90}\b(?:end this call|hang up|"
        r"put (?:the phone|the receiver) down|put down the (?:phone|receiver)|open (?:the|all) "
        r"windows)\b.{0,40}\b(?:dial|ring|call)\b",
        r"\bin (?:the event|case) of (?:an?|the|any)\b.{2,70}\b(?:hang up|put|ring|dial|call|press|"
        r"leave)\b",
        spoken=True,
    ),
    *_signs(
        _KIND.NETWORK,
        3,
        r"\bthe number you (?:have |are )?(?:dialed|dialled|called|calling|reached|trying)\b",
        r"\bcannot be completed as dialed\b",
        r"\bcheck the number and (?:dial|try)\b",
        r"\b(?:is|are) (?:no longer|not|temporarily out of|currently not) in service\b",
        r"\bthe (?:caller|person|party|subscriber|customer|mobile|mobile phone|handset) you "
        r"(?:have |are )?(?:called|dialed|dialled|trying|calling)\b",
        r"\bif you'd like to make a call,? please hang up\b",
        r"\byou have a collect call\b",
    ),
    *_signs(
        _KIND.CONFERENCE,
        3,
        r"\b(?:has|have|is now) (?:joined|left|joining|leaving|entered) (?:the|this) "
        r"(?:conference|meeting|call)\b",
        r"\byou are (?:now |currently )?(?:muted|unmuted|the only|the first|in the conference)\b",
        r"\bthis (?:conference|meeting) is (?:now )?(?:being )?(?:recorded|locked|unlocked|full)\b",
        r"\bthe (?:host|leader|moderator|organi[sz]er) has\b",
        r"\b(?:the|that|this) conference (?:is|has|will) (?:now|currently|been)\b",
        r"\byou have been (?:removed|kicked) from\b",
        r"\byou (?:are being|will be|will now be) placed (?:into|in) (?:the|your) conference\b",
        r"\benter (?:your|the) (?:conference|meeting|access) (?:code|number|id|pin)\b",
    ),
    *_signs(
        _KIND.NOTICE,
        3,
        r"\bthis is an? (?:automated|recorded|pre-?recorded) (?:message|call|notice|reminder|"
        r"announcement|service)\b",
        r"\bdo not reply to this (?:call|message)\b",
        r"\bthis call is (?:from|being made by) an? (?:inmate|person in custody|correctional)\b",
        r"\bthe following (?:message|announcement) is\b",
    ),
)


def _expression(sign: AnnouncementSign) -> str:
    """As RE2 is asked for it, which finds all that the sign finds.

    Where a sign may end the words, anything may follow here, so that words whose beginning has a
    sign have one too.
    """
    return f"(?:{sign.pattern.pattern.replace('$|', '|')})"


def _options() -> re2.Options:
    """Beyond ASCII the two engines differ about what a letter is, so this is for ASCII alone."""
    options = re2.Options()
    options.never_capture = True
    options.encoding = re2.Options.Encoding.LATIN1  # bytes spare RE2 the decoding
    return options


def _any_of(signs: Iterable[AnnouncementSign]) -> re2._Regexp:
    """One expression for all signs: most words have none, and RE2 sees that in one pass."""
    expression = "|".join(_expression(sign) for sign in signs)
    return re2.compile(expression.encode("latin-1"), options=_options())


def _each_of(signs: Iterable[AnnouncementSign]) -> re2.Set:
    """Tells in one pass which signs there may be."""
    each = re2.Set.SearchSet(_options())
    for sign in signs:
        each.Add(_expression(sign).encode("latin-1"))
    each.Compile()
    return each


_ANY_SIGN = _any_of(SIGNS)
_EACH_SIGN = _each_of(SIGNS)


def has_sign(plain: str) -> bool:
    """Whether any sign may be in such words: False is certain."""
    return not plain.isascii() or _ANY_SIGN.search(plain.encode("ascii")) is not None


def found_signs(plain: str) -> list[tuple[AnnouncementSign, re.Match[str]]]:
    """Every sign that is in such words, in the order of ``SIGNS``, and where."""
    if not has_sign(plain):
        return []
    likely = SIGNS
    if plain.isascii():
        likely = tuple([SIGNS[number] for number in sorted(_EACH_SIGN.Match(plain.encode()))])
    return [(sign, hit) for sign in likely if (hit := sign.pattern.search(plain))]
