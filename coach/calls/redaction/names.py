"""Finds names by the words that introduce them: "my name is", a title, an answer to "who"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from coach.calls.redaction.cues import AskedDetail
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import Context, MaskedTokens, is_covered
from coach.calls.redaction.spoken_digits import Token, words_in

_SURE = (
    r"(?:my|his|her|first|last|full|wife's|husband's|guy's|under the)"
    r" (?:(?:full|first|last) )?"
    r"(?:name|surname)(?:'s)?(?: is| was)?(?: spelled)?|surname is|(?:first|last) name"
    r"|name(?:'s)? on (?:it|(?:the|my) (?:card|account))(?: is)?|the name is"
)
"""What a name follows whatever its case."""
_LIKELY = (
    r"this is|you're speaking (?:to|with)|(?:am i )?speaking (?:to|with)|you can call me"
    r"|(?:someone|somebody|man|woman|lady|guy) (?:called|named)"
    r"|(?:account|booking)(?:'s| is)? under"
)
"""What a name with a capital letter may follow."""
_SURELY, _PERHAPS = (re.compile(rf"(?<![\w'])(?:{words})(?![\w'])") for words in (_SURE, _LIKELY))
_MANNER = re.compile(r"[a-z]{2,}ly")
_NAMES_LY = words_in(
    "beverly billy carly charly cicely emily holly kelly kimberly lily lilly milly molly polly "
    "reilly o'reilly riley sally shelly tilly wally willy ely connolly donnelly farrelly kennelly "
    "connelly daly healy keely o'malley bly"
)
"""Names that end like ``absolutely``."""
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "mister", "madam"})
_MOST = 3
_NO_NAMES = words_in(
    "a an the i i'm i've i'll i'd it it's its is was not no yes yeah on in at of to and or but so "
    "why what who how that that's this there you your my me we wrong right misspelled spelled "
    "called changed monday tuesday wednesday thursday friday saturday sunday january february "
    "march april may june july august september october november december okay ok sure none "
    "same don't can can't well um uh ridiculous unacceptable about what's calling speaking from "
    "hi hello please thanks thank sorry sir ma'am nobody because same if isn't wasn't escapes "
    "important never already still also just"
)
_LEAST_SAID = 3
"""Letters of a name that is masked wherever it is said again."""
_LETTERS = re.compile(r"[A-Za-z](?:-[A-Za-z]){2,}")
_WORDS_TOO = words_in(
    "will mark grace hope rose bill art rich joy faith sunny frank guy pat miles drew chase grant "
    "page stone long young white black brown green gray grey king price bank love wood field park "
    "hill case bell cook baker miller carter rusty sandy dawn ray jack may june august april"
)
"""Names that an ordinary sentence may begin with."""
_NO_ANSWERS = words_in(
    "hold hang one moment second minute wait speak speaking go ahead good morning afternoon "
    "evening excuse pardon forget never mind first not telling tell give get stop come on off "
    "manager supervisor customer nobody someone you your yours he she they them him her anything "
    "nothing something again later now then here there before after yet only too very really "
    "sorry right alright listen look see say said do does did done have has had will would can "
    "could should must may might be been am are were for from with by up down out over again "
    "oh ah hm hmm mhm huh fine great correct exactly perfect cool bye help hello"
)
"""Words that show an answer in small letters to be no name."""
_LEADS = words_in(
    "uh-huh mhm yes yeah it's its it is sure um uh okay my name's name i'm this that's"
)


def names_in(
    tokens: Sequence[Token], context: Context, told: AbstractSet[str] = frozenset()
) -> list[MaskedTokens]:
    """Names as far as the words around them give them away, or as somebody has told them.

    ``told``: words of names that were told before (``parts_of_names``).
    """
    marks = names_told(tokens, asked=is_name_asked(context.asked))
    marks += _names_behind(_PERHAPS, tokens, any_case=False)
    if told or is_name_asked(context.asked):
        again = [*_told_again(tokens, told), *_spelled(tokens)]
        marks += [mark for mark in again if not is_covered(mark, marks)]
    return marks


def is_name_asked(asked: AskedDetail | None) -> bool:
    """Whether a detail that is asked for is a name."""
    return asked is not None and asked.kind is MaskedKind.NAME


def names_told(tokens: Sequence[Token], *, asked: bool) -> list[MaskedTokens]:
    """Names that are told as such: behind "my name is", a title, or where they are asked for."""
    plain = [token.plain for token in tokens]
    marks = _names_behind(_SURELY, tokens, any_case=True)
    for place, word in enumerate(plain):
        if word in _TITLES and tokens[place].text[:1].isupper():
            found = _name_from(tokens, place + 1, any_case=False)
            marks += [m._replace(first=place) for m in found]
    if asked and not marks:
        start = next((n for n, word in enumerate(plain) if word not in _LEADS), len(tokens))
        small = not any(token.text != token.text.lower() for token in tokens)
        may = small and _NO_ANSWERS.isdisjoint(plain[start:])
        marks += _name_from(tokens, start, any_case=may, whole=True)
    return marks


def parts_of_names(tokens: Sequence[Token], marks: Sequence[MaskedTokens]) -> set[str]:
    """The words of names that are masked wherever they are said again in the call."""
    words = {token.plain for mark in marks for token in tokens[mark.first : mark.last + 1]}
    return {w for w in words if len(w) >= _LEAST_SAID and w.isalpha() and w not in _TITLES}


def _names_behind(
    pattern: re.Pattern[str], tokens: Sequence[Token], *, any_case: bool
) -> list[MaskedTokens]:
    joined = " ".join([token.plain for token in tokens])
    marks = []
    for last in [joined.count(" ", 0, match.end()) for match in pattern.finditer(joined)]:
        start = last + 1
        while start < len(tokens) and tokens[start].plain in {"is", "was", "it's", "um", "uh"}:
            start += 1
        marks += _name_from(tokens, start, any_case=any_case)
    return marks


def _told_again(tokens: Sequence[Token], told: AbstractSet[str]) -> Iterator[MaskedTokens]:
    """The names that were told, as far as capitals say that they are names here too."""
    opens = True
    for place, token in enumerate(tokens):
        word = token.plain.removesuffix("'s")
        doubtful = opens and word in _WORDS_TOO and token.text[-1:] != ","
        if word in told and token.text[:1].isupper() and not doubtful:
            yield MaskedTokens(place, place, MaskedKind.NAME)
        opens = token.text[-1:] in ".?!"


def _spelled(tokens: Sequence[Token]) -> Iterator[MaskedTokens]:
    """A word in letters, where a name was told or asked for: ``T-I-L-L-Y``."""
    for place, token in enumerate(tokens):
        if _LETTERS.fullmatch(token.text.strip(".,?!;:")):
            yield MaskedTokens(place, place, MaskedKind.NAME)


def _name_from(
    tokens: Sequence[Token], start: int, *, any_case: bool, whole: bool = False
) -> list[MaskedTokens]:
    """The name that begins at ``start``; ``whole``: only where nothing else is said."""
    last = start - 1
    letters = start < len(tokens) and len(tokens[start].plain) == 1
    for place in range(start, min(start + (12 if letters else _MOST), len(tokens))):
        token = tokens[place]
        capital = token.text[:1].isupper()
        good = token.plain not in _NO_NAMES and token.plain[:1].isalpha() and not token.digits
        good = good and not (_MANNER.fullmatch(token.plain) and token.plain not in _NAMES_LY)
        if letters and capital and last >= start and len(token.plain) > 1 and good:
            return [MaskedTokens(start, place, MaskedKind.NAME)]  # "S Okafor"
        if letters:
            good = len(token.plain) == 1 and token.plain.isalpha()
        if not good or not (capital or any_case):
            break
        last = place
        if token.text[-1:] in ",.?!;" and token.plain not in _TITLES:
            break
    if last < start or (whole and last < len(tokens) - 1):
        return []
    return [MaskedTokens(start, last, MaskedKind.NAME)]
