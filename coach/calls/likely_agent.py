"""Who of two speakers is the agent: weighed from what each of them says, with times.

Pure: text in, a guess with its evidence out. Words are read in English only; of another language
nothing is known, and nothing is guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from coach.calls.redaction.finder import Finder
from coach.calls.redaction.masking import masked
from coach.calls.role_phrases import english
from coach.engine.talk.announcements import verdict
from coach.engine.talk.persons_words import reads_out
from coach.events import Channel, Word
from coach.events.lengths import clock

LEAST = 2.0
"""Weight by which one speaker must be ahead to be taken for the agent."""

STRONG = 5.0
"""Weight that speaks strongly: a greeting with an offer of help, or three lesser signs."""

_CONTRACTIONS = (
    ("can't", "can not"),
    ("won't", "will not"),
    ("n't", " not"),
    ("let's", "let us"),
    ("'m", " am"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
    ("'d", " would"),
)
RECORDED = frozenset({"thanks", "company", "recorded"})
"""Kinds of an agent's phrases that a menu's greeting has as well."""
_WELCOMES = RECORDED - {"thanks"}
"""Those that tell nothing where nothing in the line is a person's..."""
_NAMED = re.compile(r"\b(?:this is|name is) ")
"""...unless somebody says who speaks."""
_IS = frozenset({"what's", "that's", "it's", "who's", "how's", "where's", "there's", "name's",
                 "here's", "he's", "she's", "which's"})  # fmt: skip


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What one speaker said in one go."""

    speaker: str
    """Any name of the speaker; a ``Channel`` is one."""
    start: float
    """Seconds of call time, as is ``end``."""
    end: float
    text: str
    words: tuple[Word, ...] = ()
    """With times, where they are known: one for each word of ``text``."""


class RoleSign(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase that tells a role."""

    speaker: str
    role: Channel
    """AGENT or CUSTOMER: whose phrase it is."""
    kind: str
    weight: float
    at: float
    """Seconds of call time at which it begins."""
    words: str
    """As they were heard, personal details masked."""


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """Who is probably the agent."""

    speaker: str
    lead: float
    """Weight by which the speaker is ahead of the other."""
    signs: tuple[RoleSign, ...]
    """What speaks for it, the heaviest first."""

    @property
    def confidence(self) -> float:
        """0.5 (knows nothing) to 1; weights are logarithms of odds, of which half is believed."""
        return 1.0 / (1.0 + math.exp(-self.lead / 2.0))

    @property
    def strong(self) -> bool:
        """Whether it may contradict what a person said."""
        return self.lead >= STRONG


def signs_in(said: Said) -> list[RoleSign]:
    """Every phrase that tells a role; none in a machine's announcement.

    Nor does a greeting tell that has nothing of a person in it, as a menu's has: "Welcome to ...".
    """
    originals = said.text.split()
    plain: list[str] = []
    origin: list[int] = []
    for index, word in enumerate(originals):
        for part in plain_words(word):
            plain.append(part)
            origin.append(index)
    line = " ".join(plain)
    if is_announcement(said.text, line):
        return []
    nobodys = _NAMED.search(line) is None and reads_out(line)
    signs = []
    open_words: Callable[[int, int], str] | None = None
    for phrase in english().telling:
        found = phrase.pattern.search(line)
        if found is None or not found.group().strip():
            continue
        if nobodys and phrase.role is Channel.AGENT and phrase.kind in _WELCOMES:
            continue
        open_words = open_words or _quotable(originals)
        first = origin[line.count(" ", 0, found.start())]
        last = origin[line.count(" ", 0, max(found.start(), len(line[: found.end()].rstrip())))]
        signs.append(
            RoleSign(
                speaker=said.speaker,
                role=phrase.role,
                kind=phrase.kind,
                weight=phrase.weight,
                at=_time(said, first, len(originals)),
                words=open_words(first, last),
            )
        )
    return signs


def is_announcement(text: str, line: str = "") -> bool:
    """Whether a machine says it; ``line``: the same in plain words, where they are known."""
    line = line or " ".join(part for word in text.split() for part in plain_words(word))
    return bool(english().announcement.search(line)) or verdict(text).kind is not None


def _quotable(originals: Sequence[str]) -> Callable[[int, int], str]:
    """Tells the words from one place to another with personal details masked."""
    marks = Finder().final(Channel.AGENT, " ".join(originals), 0.0)
    words, places = masked(originals, marks)
    return lambda first, last: " ".join(words[places[first] : places[last] + 1]).strip(" .,;:!?")


def guess_from(signs: Iterable[RoleSign], speakers: Sequence[str]) -> Guess | None:
    """Weigh the signs of two speakers; None where neither is ahead by ``LEAST``."""
    heaviest: dict[tuple[str, Channel, str], RoleSign] = {}
    for sign in signs:
        key = (sign.speaker, sign.role, sign.kind)
        if key not in heaviest or sign.weight > heaviest[key].weight:
            heaviest[key] = sign
    points = dict.fromkeys(speakers, 0.0)
    for sign in heaviest.values():
        if sign.speaker in points:
            points[sign.speaker] += sign.weight if sign.role is Channel.AGENT else -sign.weight
    agent = max(speakers, key=lambda speaker: points[speaker])
    lead = points[agent] - min(points.values())
    if lead < LEAST:
        return None
    speaking_for = [
        sign
        for sign in heaviest.values()
        if sign.speaker in points and (sign.speaker == agent) == (sign.role is Channel.AGENT)
    ]
    speaking_for.sort(key=lambda sign: (-sign.weight, sign.at))
    return Guess(speaker=agent, lead=lead, signs=tuple(speaking_for))


def evidence(guess: Guess, *, most: int = 2) -> str:
    """The evidence as a clause: ``it says “how may I help you” at 0:03``."""
    clauses = []
    for sign in sorted(guess.signs[:most], key=lambda sign: sign.at):
        who = "it" if sign.speaker == guess.speaker else "the other side"
        clauses.append(f"{who} says “{sign.words}” at {clock(sign.at)}")
    return " and ".join(clauses)


def plain_words(word: str) -> list[str]:
    """A word in lower case with its contraction written out; none where nothing is left."""
    word = word.lower().replace("\u2019", "'").strip(' .,;:!?"()[]-\u201c\u201d\u2026')
    if word in _IS:
        word = word.replace("'s", " is")
    for short, long in _CONTRACTIONS:
        if word.endswith(short):
            word = word.removesuffix(short) + long
            break
    return word.split()


def _time(said: Said, index: int, count: int) -> float:
    if len(said.words) == count:
        return said.words[index].start
    return said.start + (said.end - said.start) * index / max(count, 1)
