"""Words with which a call is handed over: who says them tells that somebody else is about to speak.

Pure. They tell nothing by themselves, since the other one may never come to the telephone; but
where a voice sounds new as well, little of it is enough (``audio.voices.handed_over``).
"""

from __future__ import annotations

import re

from coach.calls.likely_agent import plain_words
from coach.events import Utterance

COMES = 60.0
"""Seconds within which somebody who was announced begins to speak."""

BEGINS = 5.0
"""Seconds by which whoever says who he is has begun before."""

_KIN = (
    "husband|wife|partner|son|daughter|mother|father|mum|mom|dad|brother|sister|boyfriend|"
    "girlfriend|fiance|fiancee|carer|interpreter|friend|neighbour|neighbor|lawyer|solicitor"
)
_CHIEF = (
    r"supervisor|manager|team lead(?:er)?|duty manager|shift lead(?:er)?|head of \w+|superior|boss"
)
_COLLEAGUE = rf"{_CHIEF}|colleague|coworker|co worker|specialist|adviser|advisor|technician"
_HAVE = "i have|i have got|i got|we have|we have got|there is|here is"
_PERSON = f"{_KIN}|{_COLLEAGUE}"
_LINE = r"on (?:the |this )?(?:other )?(?:line|call)"
_PRESENT = (
    r"here|there now|with me|beside me|next to me|sitting (?:here|right here|beside me|next to me)|"
    rf"listening|{_LINE}"
)
_LITTLE = r"(?:\w+ ){0,2}?"

_ANNOUNCES = re.compile(
    r"\b(?:"
    r"put(?:ting)? (?:you|the call|your call) (?:straight |right )?(?:through|over|across)|"
    r"(?:transfer|connect|patch|hand|pass)(?:r?ing)? (?:you|the call|this call|your call)\b(?! on)|"
    r"(?:transfer|connect|patch|hand|pass)(?:r?ing)? (?:you|the phone|the call|it) (?:on|over) |"
    rf"(?:get|getting|fetch|fetching|bring|bring in|bringing in|grab|pass you|put|putting) "
    rf"(?:you )?(?:to )?(?:my|our|a|the) {_LITTLE}(?:{_COLLEAGUE}|{_KIN})|"
    r"(?:put|putting) (?:him|her|them) (?:on|through)|"
    rf"(?:{_HAVE}) (?:my|the|our|a) {_LITTLE}(?:{_COLLEAGUE}|{_KIN}) "
    rf"(?:\w+ ){{0,2}}?(?:{_PRESENT}|for you)|"
    rf"(?:my|the|our|her|his) {_LITTLE}(?:{_PERSON}) (?:\w+ )?is (?:\w+ )?(?:{_PRESENT})\b|"
    rf"with (?:my|the|our) {_LITTLE}(?:{_PERSON}) {_LINE}|"
    rf"here (?:is|are) my (?:{_KIN})(?! (?:name|number|s)\b)|here (?:he|she) (?:is|comes)\b|"
    rf"(?:give|giving|hand|handing|pass|passing) (?:the |this |my )?(?:phone|receiver|handset) "
    rf"(?:over )?to (?:him|her|my (?:{_KIN}))|"
    rf"so (?:that )?(?:he|she|they|my (?:{_KIN})) can (?:hear|listen|talk|speak)|"
    rf"conference(?:ing)? (?:in|call)\b|"
    r"(?:third|another|second) (?:person|party|caller) "
    rf"(?:{_LINE}|here)|"
    rf"(?:he|she|they|{_KIN}|{_COLLEAGUE}) (?:\w+ )?"
    r"(?:(?:wants|want|would like|is going|are going|will) (?:to )?(?:talk|speak|have a word)|"
    r"(?:wants|would like) a word)\b|"
    rf"(?:talk|speak) (?:to|with) (?:my|our) {_LITTLE}(?:{_CHIEF}|{_KIN})|"
    r"(?:join|joining|joins|into) (?:us|the call|this call|the line|the conversation)\b|"
    r"(?:add|adding|bring|bringing) (?:him|her|them|somebody|someone) (?:in|into|to|onto)\b"
    r")"
)
"""Said before the other one speaks."""

_ARRIVES = re.compile(
    r"\b(?:"
    rf"(?:this is|my name is|i am|it is) (?:\w+ ){{0,5}}?(?:the |a |your |his |her )(?:\w+ )?"
    rf"(?:{_CHIEF})\b|"
    rf"(?:this is|i am|it is) (?:his|her|their|the|\w+ is) (?:{_KIN})\b|"
    rf"this is \w+ (?:\w+ )?(?:her|his|their|the) (?:{_KIN})\b|"
    rf"(?:{_CHIEF}) speaking\b|\w+ speaking (?:i am )?(?:her|his|their|the) (?:{_PERSON})\b|"
    rf"(?:you are )?(?:speaking|talking) (?:to|with) the (?:{_CHIEF}) now\b|"
    r"(?:i have|i have now) taken over\b|(?:taking|i take|i will take) over (?:from|the call|this)|"
    r"my colleague (?:has |had |just )*(?:told|explained|said|says|passed|filled|asked|mentioned)|"
    r"(?:you have been|you were|you had been) (?:talking|speaking) (?:to|with) (?:my|our|a)\b|"
    r"you (?:are|have been|are now) (?:put )?through to\b"
    r")"
)
"""Said by the other one at the beginning."""


def somebody_else_from(said: Utterance) -> tuple[float, float] | None:
    """Between when and when, in seconds of call time, somebody else is to begin; None for never."""
    if said.doubtful or said.language != "en":
        return None
    line = " ".join(part for word in said.text.split() for part in plain_words(word))
    announced = _ANNOUNCES.search(line) is not None
    arrived = _ARRIVES.search(line) is not None
    if not announced and not arrived:
        return None
    first = said.start - BEGINS if arrived else said.start
    return first, said.end + COMES if announced else said.end
