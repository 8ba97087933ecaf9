"""What a decode is followed by: the second tries of sound that the recogniser is at a loss with.

Written as a generator that yields the decodes it wants and is sent their results, so that one
caller may answer them one by one and another may answer those of many clips at once
(``audio.recognition.transcriber``): the rules are the same for both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from audio.samples.chunks import SAMPLE_RATE
from coach.events import Word

from .decoding import (
    TELLING,
    UNKNOWN,
    DecodeRequest,
    DecodeResult,
    ForeignPart,
    Purpose,
    before,
    likelier,
)
from .encoder import WINDOW_SECONDS

_GUESSING = -1.0
"""Whisper's own bound for the mean log probability of a decode that is done again."""
_LONG = 4.0
"""Seconds from which a clip must bring words..."""
_LEAST_PACE = 0.5
"""...at least so many a second; people say two to four. With fewer the decoder has stopped in the
middle."""
_LIKELIER = 0.2
"""By how much a decode in another language is better at least."""
_NOBODY = 0.6
"""Whisper's own bound for the probability that there was no speech at all."""
_REST = 0.8
"""Seconds of speech behind the last word that are worth a decode of their own: four words."""
_RESTS = 3
"""Such decodes of one sound at most."""
_SURE_REST = -0.5
"""Mean log probability from which their words are taken: every one at 0.6."""
_FRONT = 2.4
"""Seconds before the first word that are worth a decode of their own: two of speech behind the
lead, from which its language can be told."""
_WORD = 1.0
"""Seconds of the longest word; a first or last one that is longer was stretched over the rest."""
_UNLIKELY, _PLAIN = -0.6, -0.4
"""Mean log probabilities of words that may be the sounds of another language, and of those behind
them that are not."""
_MIDDLE = -0.5
"""Log probability of a word that is as much like the ones as like the others."""
_CLEARLY = 0.5
"""Probability from which the language of such sound is named."""
_STOPS = ".?!"
_CERTAINLY = 0.6
"""Probability of the language asked for from which words stand that another language follows at
once, where both together are not of it..."""
_BRIEF, _BRIEFLY = 1.2, 0.8
"""...and of a beginning that is shorter than tells a language otherwise, of so many seconds and
more: of 26 beginnings of 1.3 and 1.9 s in five other languages none had more than 0.51."""


class Look(NamedTuple):
    """One decode that is wanted."""

    request: DecodeRequest
    padding: float
    """Seconds of silence encoded behind the sound."""
    setting: bool = True
    """Whether the setting goes in front (``TranscriberSettings.setting``)."""


Looks = Generator[Look, DecodeResult, DecodeResult]
"""Yields decodes, is sent their results, returns the one that counts."""

Languages = Callable[[DecodeRequest], dict[str, float]]
"""Gives the probability of each language for the sound of a request alone."""


def looks_at(request: DecodeRequest, padding: float, languages: Languages) -> Looks:
    """Everything that a pause or a final is decoded for; ``padding`` is that of a first look."""
    result = yield Look(request, padding)
    if result.foreign:
        begun_as_asked = _begun_as_asked(result, languages)
        if begun_as_asked is not None:
            return begun_as_asked
        result = yield from _as_spoken(result, padding, languages)
        if result.words:
            return result
        result = result._replace(language=request.language or "")
    # A wide search may prefer to end early where the greedy one goes on.
    for beam in dict.fromkeys((request.beam, 1)):  # the same search again would find the same
        if not _failed(result):
            break
        narrowed = request._replace(beam=beam)
        again = yield Look(narrowed, WINDOW_SECONDS, setting=False)
        result = _better(result, again)
    result = yield from _with_front(result, padding, languages)
    result = _without_later_sounds(result, languages)
    if result.foreign_rest is not None:
        return result
    return (yield from _with_rest(result, padding, languages))


def answered(
    wanted: Sequence[Looks], answer: Callable[[Sequence[Look]], Sequence[DecodeResult]]
) -> list[DecodeResult]:
    """What counts of each; ``answer`` decodes the looks that all of them want next."""
    results: dict[int, DecodeResult] = {}
    going = {place: next(looks) for place, looks in enumerate(wanted)}
    while going:
        found = answer(list(going.values()))
        for (place, _), result in zip(list(going.items()), found, strict=True):
            try:
                going[place] = wanted[place].send(result)
            except StopIteration as last:
                results[place] = last.value
                del going[place]
    return [results[place] for place in range(len(wanted))]


def mean_logprob(words: Sequence[Word]) -> float:
    """The mean log probability of words; 0 for none."""
    if not words:
        return 0.0
    return float(np.mean([np.log(max(word.confidence, 1e-6)) for word in words]))


def begun(words: Sequence[Word]) -> float:
    """Call time at which some words can have begun at the earliest.

    What is said before them in another language comes as long first words.
    """
    at = words[0].start
    for word in words:
        if word.end - word.start <= _WORD:
            break
        at = word.end - _WORD
    return at


def ended(words: Sequence[Word]) -> float:
    """Call time at which some words have ended at the latest; infinite where there are none.

    Where the decoder stopped early, its last word is stretched over what follows.
    """
    return min(words[-1].end, words[-1].start + _WORD) if words else math.inf


def unlikely_front(words: Sequence[Word]) -> int:
    """How many first words may be English sounds of another language; 0 where none are.

    They last as long as tells a language, are unlikely, and plain words follow.
    """
    apart = {
        count: mean_logprob(words[count:]) - mean_logprob(words[:count])
        for count in range(1, len(words))
        if words[count].start - words[0].start >= _FRONT
        and mean_logprob(words[:count]) < _UNLIKELY
        and mean_logprob(words[count:]) >= _PLAIN
    }
    return max(apart, key=lambda count: apart[count], default=0)


def other_letters(words: Sequence[Word]) -> int | None:
    """Which of some English words is the first with letters that English has not; None for none."""
    strange = (
        place
        for place, word in enumerate(words)
        if any(letter.isalpha() and not letter.isascii() for letter in word.text)
    )
    return next(strange, None)


def turning(result: DecodeResult, plain: float = _PLAIN) -> int | None:
    """From which word on they may be of another language; None where none are.

    Speech lasts from there as long as tells a language. Where the decoder makes English sounds of
    it, those words are unlikely, and those before them are likely from ``plain`` on; where it
    writes what is said, letters tell that it is not English.
    """
    words, until = result.words, _spoken_until(result.request)
    place = _unlikely_rest(words, until, plain)
    english = result.request.language == "en"
    strange = other_letters(words) if place is None and english else None
    if strange is None:
        return place
    begun_at = [at for at in range(1, strange + 1) if words[at - 1].text[-1:] in _STOPS]
    place = begun_at[-1] if begun_at else strange
    return place if place and until - words[place].start >= TELLING else None


def _unlikely_rest(words: Sequence[Word], until: float, plain: float) -> int | None:
    """Where the unlikely words begin, and whether there is enough of them."""
    if len(words) < 2:
        return None
    unlikely = [_MIDDLE - mean_logprob([word]) for word in words]
    place = max(range(1, len(words)), key=lambda at: sum(unlikely[at:]))
    enough = (
        until - words[place].start >= _FRONT
        and mean_logprob(words[place:]) < _UNLIKELY
        and mean_logprob(words[:place]) >= plain
    )
    return place if enough else None


def _foreign_from(result: DecodeResult, at: float, odds: dict[str, float]) -> DecodeResult | None:
    """The words before a call time, from which on it is another language; None if it is not."""
    request = result.request
    code = max(odds, key=lambda one: odds[one])
    if code == request.language:
        return None
    part = ForeignPart(at, _spoken_until(request), code if odds[code] >= _CLEARLY else UNKNOWN)
    words = before(result.words, at)
    return result._replace(words=words, avg_logprob=mean_logprob(words), foreign_rest=part)


def _spoken_until(request: DecodeRequest) -> float:
    return min(request.spoken_until, request.end)


def _rest_of(request: DecodeRequest, at: float) -> DecodeRequest:
    """The sound of a request from a call time on, by itself."""
    behind = request.samples[round((at - request.start) * SAMPLE_RATE) :]
    return request._replace(start=at, samples=behind, earlier=(), prompt="")


def _without_later_sounds(result: DecodeResult, languages: Languages) -> DecodeResult:
    """The words without last ones that the decoder made of another language."""
    request = result.request
    if result.looped or request.earlier or request.language is None:
        return result
    place = turning(result)
    if place is None:
        return result
    at = result.words[place].start
    return _foreign_from(result, at, languages(_rest_of(request, at))) or result


def _begun_as_asked(result: DecodeResult, languages: Languages) -> DecodeResult | None:
    """What began in the language asked for and went over to another; None where it did not.

    What the decoder translates may begin with likely words: its beginning must be of the
    language by its sound, and long enough to tell.
    """
    request = result.request
    place = turning(result, _MIDDLE)
    if place is None or request.earlier or request.language is None:
        return None
    at = result.words[place].start
    lasts = at - begun(result.words)
    if lasts < _BRIEF:
        return None
    front = request.samples[: round((at - request.start) * SAMPLE_RATE)]
    odds = languages(request._replace(samples=front, spoken_until=at, prompt=""))
    if odds.get(request.language, 0.0) < (_CERTAINLY if lasts >= TELLING else _BRIEFLY):
        return None
    asked = result._replace(language=request.language, language_probability=1.0)
    return _foreign_from(asked, at, languages(_rest_of(request, at)))


def _without_sounds(result: DecodeResult, languages: Languages) -> DecodeResult:
    """The words without first ones that the decoder made of another language."""
    request, count = result.request, unlikely_front(result.words)
    if not count or request.language is None:
        return result
    until = result.words[count].start
    before = request.samples[: round((until - request.start) * SAMPLE_RATE)]
    odds = languages(request._replace(samples=before, spoken_until=until, prompt=""))
    code = max(odds, key=lambda one: odds[one])
    if code == request.language:
        return result
    front = ForeignPart(request.start, until, code if odds[code] >= _CLEARLY else UNKNOWN)
    words = result.words[count:]
    return result._replace(words=words, avg_logprob=mean_logprob(words), foreign_front=front)


def _with_front(result: DecodeResult, padding: float, languages: Languages) -> Looks:
    """The words, and what was said before the first one if the decoder began late.

    It does so where somebody turns from another language to the one asked for.
    """
    request = result.request
    if result.looped or not result.words or request.earlier:
        return result
    result = _without_sounds(result, languages)
    if result.foreign_front is not None:
        return result
    until = begun(result.words)
    if until - request.start < _FRONT:
        return result
    before = request.samples[: round((until - request.start) * SAMPLE_RATE)]
    asked = request._replace(samples=before, spoken_until=until, prompt="")
    front = yield Look(asked, padding)
    if front.foreign and front.no_speech < _NOBODY:
        odds = languages(asked)
        code = max(odds, key=lambda one: odds[one])
        if code != request.language:
            code = code if odds[code] >= _CLEARLY else UNKNOWN
            return result._replace(foreign_front=ForeignPart(request.start, until, code))
    elif (
        until == result.words[0].start
        and front.words
        and not front.looped
        and front.avg_logprob >= _SURE_REST
    ):
        words = (*front.words, *result.words)
        return result._replace(words=words, avg_logprob=mean_logprob(words))
    return result


def _with_rest(result: DecodeResult, padding: float, languages: Languages) -> Looks:
    """The words, and those of the speech behind the last one if the decoder stopped early.

    It does so most often where a sentence is said again, or where another language follows.
    """
    request = result.request
    for _ in range(_RESTS):
        at = ended(result.words)
        until = _spoken_until(request)
        if result.looped or until - at < _REST or math.isinf(request.spoken_until):
            break
        asked = _rest_of(request, at)
        rest = yield Look(asked, padding)
        words = (*result.words[:-1], msgspec.structs.replace(result.words[-1], end=at))
        if rest.foreign and until - at >= TELLING and rest.no_speech < _NOBODY:
            return _foreign_from(result._replace(words=words), at, languages(asked)) or result
        if not rest.words or rest.looped or rest.foreign or rest.avg_logprob < _SURE_REST:
            break
        words = (*words, *rest.words)
        result = result._replace(words=words, avg_logprob=mean_logprob(list(words)))
    return result


def _as_spoken(result: DecodeResult, padding: float, languages: Languages) -> Looks:
    """Foreign speech in the language that it seems to be in, if that is likelier."""
    request = result.request
    odds = languages(request)
    code = max((one for one in odds if one != request.language), key=lambda one: odds[one])
    alone = request._replace(earlier=(), prompt="")
    if request.earlier:
        # With forced text in front, the words may be that text over again.
        again = yield Look(alone, padding, setting=False)
        result = again._replace(request=request, language=UNKNOWN)
    other = yield Look(alone._replace(language=code), padding)
    sure = other.words and not other.looped and other.avg_logprob >= _GUESSING
    before = result.avg_logprob if result.words else _GUESSING
    if not sure or other.avg_logprob < before + _LIKELIER:
        return result
    return other._replace(request=request, language_probability=odds[code])


def _failed(result: DecodeResult) -> bool:
    """Whether a decode is to be made again.

    One made in a pause is not for guesses: others wait behind it, and a second look follows.
    """
    guessing = result.avg_logprob < _GUESSING and result.request.purpose is not Purpose.PAUSE
    return result.looped or sparse(result) or guessing


def _better(one: DecodeResult, other: DecodeResult) -> DecodeResult:
    """The one that does not fail, else the likelier."""
    if sparse(one) and not _failed(other):
        return other
    return likelier(one, other)


def sparse(result: DecodeResult) -> bool:
    """Whether there are too few words for the length of the sound."""
    seconds = result.request.seconds
    return seconds >= _LONG and len(result.words) < _LEAST_PACE * seconds
