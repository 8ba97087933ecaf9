"""Recorded voices: menus, hold messages, voicemail greetings and warnings that nobody says live.

"If this is an emergency, hang up and dial 911" is nobody's emergency. An announcement is known by
its words: it speaks to "you", orders keys to be pressed or a caller to wait, and says neither
"I" nor "um", asks nothing and quotes nobody. People say similar things ("I smell gas", "your
recording says press one"), so signs are weighed, and what a person's speech has counts against
them. What follows at once in the same voice, without an answer, is more of the same.

A draft is held back as soon as it may become an announcement: its final decides.
"""

from __future__ import annotations

import functools
import math
import re
from typing import Annotated, NamedTuple

import msgspec

from coach.engine.talk.announcement_signs import (
    AnnouncementKind,
    AnnouncementSign,
    found_signs,
    has_sign,
)
from coach.engine.talk.persons_words import (
    has_own_words,
    reads_out,
    speaks_for_oneself,
    weight_of_person,
)
from coach.events import Channel
from coach.parameters import number, seconds


class AnnouncementSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When words are taken for a recorded voice."""

    needed: Annotated[int, number(1, 20, "signs")] = 3
    """Weight of the signs from which it is one."""
    follows_s: Annotated[float, seconds(0, 60)] = 4.0
    """Seconds after an announcement within which its next sentence begins..."""
    repeats_s: Annotated[float, seconds(0, 600)] = 90.0
    """...and within which one sign less is needed: such messages come in a loop."""
    read_words: Annotated[int, number(1, 200, "words")] = 16
    """Words without a stop of a person's own from which length counts as a sign."""
    follow_words: Annotated[int, number(1, 200, "words")] = 6
    """Least words of a next sentence without any sign of its own."""
    talks_s: Annotated[float, seconds(0, 600)] = 60.0
    """Seconds after somebody's own words within which that person's request to hold the line, in
    words that recordings have too, is that person's."""


_MAY_BEGIN = re.compile(
    r"^(?:please |thank you |hello,? |welcome )?.{0,60}?(?:"
    r"in (?:the event|case) of\b|if (?:somebody|someone|anyone|anybody)\b"
    r"|if (?:this is|you have|you are|you're|you smell|you can smell|you suspect|you detect)\b"
    r"|hang up\b|your call\b|our menu\b|please (?:listen|hold|stay|remain)\b)"
)
_BEGINNINGS = ("if ", " event of", " case of", "hang up", "your call", "our menu", "please ")
"""Without one of these ``_MAY_BEGIN`` finds nothing."""


class AnnouncementVerdict(NamedTuple):
    """What words were taken for."""

    kind: AnnouncementKind | None
    """None where they are a person's."""
    signs: tuple[str, ...] = ()
    """The words that showed it."""


_NOBODYS = AnnouncementVerdict(None)


def verdict(
    text: str,
    settings: AnnouncementSettings | None = None,
    *,
    credit: int = 0,
    talking: bool = False,
) -> AnnouncementVerdict:
    """Whether an utterance is an announcement, by its words alone.

    ``credit``: weight that what came before gives. ``talking``: a person has just talked on the
    same side, so what people say as well is no sign.
    """
    return _verdict(_plain(text), settings or AnnouncementSettings(), credit, talking=talking)


def _verdict(
    plain: str, settings: AnnouncementSettings, credit: int, *, talking: bool
) -> AnnouncementVerdict:
    found = found_signs(plain)
    # "I'll call you back" is a person's as well: it only adds to what a greeting says besides.
    greets = any(sign.own and sign.weight > 1 for sign, _ in found)
    found = [(sign, hit) for sign, hit in found if greets or not (sign.own and sign.weight == 1)]
    if not found or (talking and all(sign.spoken for sign, _ in found)):
        return _NOBODYS
    strongest = max(
        found, key=lambda one: (one[0].weight, one[0].kind is AnnouncementKind.EMERGENCY)
    )[0]
    may_own = any(sign.own for sign, _ in found)
    weight = sum(_once(found)) + credit - weight_of_person(plain, may_own=may_own)
    weight += len(plain.split()) >= settings.read_words and not has_own_words(plain)
    if weight < settings.needed:
        return _NOBODYS
    return AnnouncementVerdict(strongest.kind, tuple(hit.group() for _, hit in found))


def may_begin(plain: str) -> bool:
    """Whether the plain words of a draft may become an announcement: nothing is made of it yet."""
    if not any(words in plain for words in _BEGINNINGS) or not _MAY_BEGIN.search(plain):
        return False
    return not speaks_for_oneself(plain)


def _begins(text: str, final: str) -> bool:
    """Whether a text is the beginning of another one, by its words."""
    return final.startswith(text) and final[len(text) : len(text) + 1] in {"", " "}


@functools.lru_cache(maxsize=64)
def _is_plain_talk(text: str) -> bool:
    """Whether nothing in a text is a sign or may begin an announcement, nor in its beginnings.

    What a sign finds in the beginning it finds in the whole: ``has_sign`` asks for no end, and none
    asks for what does not follow.
    """
    plain = _plain(text)
    return not any(words in plain for words in _BEGINNINGS) and not has_sign(plain)


def _once(found: list[tuple[AnnouncementSign, re.Match[str]]]) -> list[int]:
    """The weights of signs that do not lie in the same words, the heaviest first."""
    taken: list[tuple[int, int]] = []
    weights = []
    for sign, hit in sorted(found, key=lambda one: -one[0].weight):
        if all(hit.end() <= begin or hit.start() >= end for begin, end in taken):
            taken.append(hit.span())
            weights.append(sign.weight)
    return weights


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("\u2019", "'").replace("-", " ").split())


class _Last(NamedTuple):
    kind: AnnouncementKind
    end: float


class AnnouncementTracker:
    """Tells announcements from people, with what was heard before in the same voice."""

    def __init__(self, settings: AnnouncementSettings | None = None) -> None:
        self._settings = settings or AnnouncementSettings()
        self._last: dict[Channel, _Last] = {}
        self._talked: dict[Channel, float] = {}
        """When a person last ended words of their own."""

    def draft(self, channel: Channel, start: float, text: str, final: str | None = None) -> bool:
        """Whether a draft is, or may become, an announcement.

        ``final``: the text that became of it, where that is known. It changes no answer.
        """
        if final is not None and _begins(text, final) and _is_plain_talk(final):
            last = self._last.get(channel)
            if last is None or start - last.end > self._settings.follows_s:
                return False
        plain = _plain(text)
        return may_begin(plain) or self._judge(channel, start, plain).kind is not None

    def final(self, channel: Channel, start: float, end: float, text: str) -> AnnouncementVerdict:
        """What a final text is."""
        plain = _plain(text)
        found = self._judge(channel, start, plain)
        if found.kind is not None:
            self._last[channel] = _Last(found.kind, end)
            self._talked.pop(channel, None)
        else:
            if has_own_words(plain):
                self._talked[channel] = end
            self._last.pop(channel, None)
            # Whoever answers the other side has heard its announcement to the end.
            self._last.pop(channel.other, None)
        return found

    def swap(self) -> None:
        """The two channels were taken for each other."""
        self._last = {channel.other: last for channel, last in self._last.items()}
        self._talked = {channel.other: end for channel, end in self._talked.items()}

    def _judge(self, channel: Channel, start: float, plain: str) -> AnnouncementVerdict:
        last, settings = self._last.get(channel), self._settings
        since = math.inf if last is None else start - last.end
        credit = 1 if since <= settings.repeats_s else 0
        talking = start - self._talked.get(channel, -math.inf) <= settings.talks_s
        found = _verdict(plain, settings, credit, talking=talking)
        if found.kind is not None or last is None or since > settings.follows_s:
            return found
        return AnnouncementVerdict(last.kind) if _goes_on(plain, settings) else found


def _goes_on(plain: str, settings: AnnouncementSettings) -> bool:
    return reads_out(plain) and len(plain.split()) >= settings.follow_words
