"""Signs said one after the other: digits, letters, "double five", "B as in bravo", "dash"."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from .atoms import Atom, follows, word_at
from .cardinals import DIGITS, below_hundred

ALPHABET = {
    word: word[0].upper()
    for word in (
        *("alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"),
        *("india", "juliet", "juliett", "kilo", "lima", "mike", "november", "oscar", "papa"),
        *("quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "whisky"),
        *("xray", "yankee", "zulu"),
    )
}
_SPELLS = frozenset({*ALPHABET, "ray"})
"""Words of the spelling alphabet, and the last part of "X-ray"."""
_SPOKEN = {**DIGITS, "niner": 9}
TIMES = {"double": 2, "triple": 3, "treble": 3}
_BETWEEN = {"dash": "-", "hyphen": "-", "slash": "/", "underscore": "_", "apostrophe": "'"}
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_SPELLED = 5
"""Words of the spelling alphabet, one behind another with commas, that spell a name: of people's
names and places there are seldom so many."""
_JOINED = 3
"""Digits, the last, that a recogniser joined behind "double", which was said of the first; hundreds
may be doubled themselves."""
_ARTICLES = frozenset({"the", "this", "that", "an"})
"""Behind "as in" what follows one of these is a thing: "plan B, as in the book"."""
_FEW = 4
"""Digits that a recogniser may have joined in the middle of a code."""
_PAIRS = 3
_BEHIND_NOUGHT = 10
"""Digits of most British telephone numbers behind their nought."""
MISHEARD = {
    **dict.fromkeys(("to", "too"), "2"),
    **dict.fromkeys(("for", "fore"), "4"),
    **dict.fromkeys(("eat", "ate"), "8"),
    "won": "1",
}
"""What digits sound like; taken for them only inside a code."""

LETTERS_SOUND_LIKE = {
    **dict.fromkeys(("ay", "eh", "hey"), "A"),
    **dict.fromkeys(("be", "bee"), "B"),
    **dict.fromkeys(("see", "sea", "cee"), "C"),
    **dict.fromkeys(("dee",), "D"),
    **dict.fromkeys(("ef", "eff"), "F"),
    **dict.fromkeys(("gee",), "G"),
    **dict.fromkeys(("aitch",), "H"),
    **dict.fromkeys(("eye",), "I"),
    **dict.fromkeys(("jay",), "J"),
    **dict.fromkeys(("kay",), "K"),
    **dict.fromkeys(("el", "ell"), "L"),
    **dict.fromkeys(("em",), "M"),
    **dict.fromkeys(("en", "end"), "N"),
    **dict.fromkeys(("pea", "pee"), "P"),
    **dict.fromkeys(("queue", "cue"), "Q"),
    **dict.fromkeys(("are", "our"), "R"),
    **dict.fromkeys(("ess",), "S"),
    **dict.fromkeys(("tea", "tee"), "T"),
    **dict.fromkeys(("you",), "U"),
    **dict.fromkeys(("vee",), "V"),
    **dict.fromkeys(("ex",), "X"),
    **dict.fromkeys(("why",), "Y"),
    **dict.fromkeys(("zed", "zee"), "Z"),
}
"""Words that sound like a letter; taken for it only where nothing else can be meant."""


class WrittenSign(NamedTuple):
    """One sign, or a few that were said as one."""

    text: str
    end: int
    """Index of the atom behind it."""
    weak: bool = False
    """It may be a word: "a", "I", "oh", or a word of the spelling alphabet."""
    explained: bool = False
    """A word says which letter is meant: "S as in Sam"."""
    apart: bool = False
    """It stands apart from the signs around it: ``42 17 09``."""


class Signs(NamedTuple):
    """A run of signs."""

    groups: tuple[str, ...]
    """What was said without a pause, in order."""
    end: int
    commas: int
    explained: int = 0
    """Letters of which a word says which are meant."""

    @property
    def joined(self) -> str:
        """All signs in a row."""
        return "".join(self.groups)

    @property
    def has_letters(self) -> bool:
        """Whether there is a letter among them."""
        return any(sign.isalpha() for sign in self.joined)

    @property
    def has_digits(self) -> bool:
        """Whether there is a digit among them."""
        return any(sign.isdigit() for sign in self.joined)


class _SignsFound:
    """The signs found so far."""

    def __init__(self, atoms: Sequence[Atom], *, cued: bool, strict: bool, lettered: bool) -> None:
        self.atoms = atoms
        self.cued = cued
        self.strict = strict
        self.lettered = lettered
        self.found: list[WrittenSign] = []
        self.pairs = False
        """Whether digits are told in pairs, as ``42, 17, 09``."""

    @property
    def letters(self) -> int:
        return sum(sign.text.isalpha() and not sign.weak for sign in self.found)

    @property
    def digits(self) -> int:
        return sum(sign.text.isdigit() for sign in self.found)

    def sign(self, place: int) -> WrittenSign | None:
        """The sign at a place, if it can be one there."""
        word = word_at(self.atoms, place)
        if word in _SPOKEN:
            return WrittenSign(str(_SPOKEN[word]), place + 1)
        if len(word) == 1 and word.isdecimal():
            return WrittenSign(word, place + 1)
        for read in (
            self._written,
            self._double_u,
            self._repeated,
            self._named,
            self._letter,
            self._grouped,
            self._between,
            self._misheard,
            self._last_of_all,
        ):
            sign = read(place, word)
            if sign is not None:
                return sign
        return None

    def _double_u(self, place: int, word: str) -> WrittenSign | None:
        """The letter W, as it is heard in the middle of a code or where one is announced."""
        heard = word == "double" and follows(self.atoms, place + 1) in ("u", "you")
        return WrittenSign("W", place + 2) if heard and (self.cued or self.found) else None

    def _repeated(self, place: int, word: str) -> WrittenSign | None:
        if word not in TIMES or not self.atoms[place].runs_on:
            return None
        joined, behind = word_at(self.atoms, place + 1), follows(self.atoms, place + 2)
        last = not behind or _is_digit(behind)
        if last and joined.isdecimal() and len(joined) >= _JOINED and joined[-2:] != "00":
            return WrittenSign(joined[0] * TIMES[word] + joined[1:], place + 2)
        sign = self.sign(place + 1)
        if joined in MISHEARD and (self.cued or self.digits) and (sign is None or sign.weak):
            digits = _is_digit(behind) or (behind.isdecimal() and len(behind) <= _FEW)
            return WrittenSign(MISHEARD[joined] * TIMES[word], place + 2) if digits else None
        if sign is None or len(sign.text) != 1:
            return None
        nought = sign.text == "0" and _is_digit(word_at(self.atoms, sign.end))
        if sign.weak and not nought:
            return None
        return WrittenSign(sign.text * TIMES[word], sign.end)

    def _written(self, place: int, word: str) -> WrittenSign | None:
        """Digits that a recogniser joined, in a number of which others are "double four"."""
        if len(word) < 2 or not word.isdecimal():
            return None
        if len(word) == 2 and self.strict and (self.pairs or self._pairs_next(place)):
            self.pairs = True
            return WrittenSign(word, place + 1, apart=True)
        if self.found and self.found[-1].explained and len(word) <= _FEW + 1:
            return WrittenSign(word, place + 1)
        if not self.found and not (word[0] == "0" and self._repeats_next(place + 1, within=3)):
            return None
        begun = self.found and self.found[0].text[0] == "0" and len(self.found[0].text) > 1
        return WrittenSign(word, place + 1) if begun or not self.found else None

    def _pairs_next(self, place: int) -> bool:
        """Whether three pairs of digits and more follow, some of them as a recogniser writes them.

        Two could be a number and what is counted, or a time.
        """
        for _ in range(_PAIRS):
            end = _pair_end(self.atoms, place)
            if end is None or self.atoms[end - 1].tail not in ("", ",", ".", "-"):
                return False
            place = end
        return True

    def _repeats_next(self, place: int, *, within: int) -> bool:
        """Whether one of the next digits is said as "double"."""
        for step in range(within):
            word = word_at(self.atoms, place + step)
            if word in TIMES:
                doubled = word_at(self.atoms, place + step + 1)
                return _is_digit(doubled) or doubled in MISHEARD
            if not _is_digit(word):
                return False
        return False

    def _named(self, place: int, word: str) -> WrittenSign | None:
        """A letter with its word of the spelling alphabet, heard as a word too: "are as in Romeo".

        "see for Charlie" may be just that, unless it goes on behind such letters.
        """
        alone = len(word) == 1 and word.isalpha()
        letter = word.upper() if alone else LETTERS_SOUND_LIKE.get(word, "")
        end = _named_behind(self.atoms, place + 1, letter) if letter else None
        goes_on = bool(self.found) and self.found[-1].explained
        plain = alone or goes_on or word_at(self.atoms, place + 1) != "for"
        return WrittenSign(letter, end, explained=True) if end is not None and plain else None

    def _letter(self, place: int, word: str) -> WrittenSign | None:
        if word in ALPHABET:
            return WrittenSign(ALPHABET[word], place + 1, weak=True)
        if word == "x" and self.atoms[place].inside and word_at(self.atoms, place + 1) == "ray":
            return WrittenSign("X", place + 2, weak=True)
        if len(word) != 1 or not word.isalpha():
            return None
        upper, end = word.upper(), place + 1
        joint, name = word_at(self.atoms, end), word_at(self.atoms, end + 1)
        if joint == "as" and name == "in":
            joint, name, end = "for", word_at(self.atoms, end + 2), end + 1
        rayed = name == "x" and word_at(self.atoms, end + 2) == "ray"
        explained = joint in ("for", "like") and (len(name) > 1 or rayed) and name[0] == word
        if (
            end > place + 1
            and len(name) > 1
            and name not in _ARTICLES
            and (self.lettered or self.found[-1:] != [])
        ):
            explained = True  # "S as in Ciera": the word behind it may be misheard
        if explained and joint == "for" and end == place + 1 and not self.found:
            explained = self._explained_next(end + 2) or self.lettered
        if explained:
            return WrittenSign(upper, end + 2 + rayed, explained=True)
        lettered = any(sign.text.isalpha() for sign in self.found)
        if word == "o" and joint != "apostrophe" and (self.digits or not lettered):
            return WrittenSign("0", place + 1, weak=not self.found)
        return WrittenSign(upper, place + 1, weak=word in "ai")

    def _explained_next(self, place: int) -> bool:
        word = word_at(self.atoms, place)
        return len(word) == 1 and word.isalpha()

    def _grouped(self, place: int, word: str) -> WrittenSign | None:
        """Such as "oh", "forty two", "eight hundred": what stands for digits between digits."""
        if word == "oh":
            comma = bool(self.atoms[place].tail.strip("-"))
            begins = self.digits > 0 or not comma or self._repeats_next(place + 1, within=4)
            begins = begins or _is_british_behind_nought(self.atoms, place + 1)
            return WrittenSign("0", place + 1, weak=not self.digits) if begins else None
        if word == "hundred" and self.digits and self.found[-1].end == place:
            return self._hundred(place)
        parted = bool(self.found) and self.found[-1].text == "/"
        if not (self.strict or parted or self.digits >= 3 or (self.cued and self.digits >= 1)):
            return None
        number = below_hundred(self.atoms, place)
        if number is None or number.value < 10 or not number.spoken:
            return None
        return WrittenSign(str(number.value), number.end)

    def _hundred(self, place: int) -> WrittenSign | None:
        """The noughts of "eight hundred", unless they are of a number: "one hundred two"."""
        alone = len(self.found) == 1
        rest = below_hundred(self.atoms, place + 1) if alone else None
        if rest is not None and rest.value and not self._goes_on(rest.end):
            return WrittenSign(f"{rest.value:02d}", rest.end) if self.cued else None
        after = [word_at(self.atoms, place + step) for step in range(1, 8)]
        free_call = alone and self.found[0].text == "8" and all(map(_is_digit, after))
        return WrittenSign("00", place + 1) if not alone or self.cued or free_call else None

    def _goes_on(self, place: int) -> bool:
        word = word_at(self.atoms, place)
        return _is_digit(word) or word in ("oh", "o") or word in TIMES or len(word) == 1

    def _between(self, place: int, word: str) -> WrittenSign | None:
        if word not in _BETWEEN or not self.found or self.found[-1].text in _BETWEEN.values():
            return None
        return WrittenSign(_BETWEEN[word], place + 1)

    def _misheard(self, place: int, word: str) -> WrittenSign | None:
        if word not in MISHEARD or not self.cued or self.digits < 2:
            return None
        after = [word_at(self.atoms, place + step) for step in (1, 2)]
        return WrittenSign(MISHEARD[word], place + 1) if all(map(_is_digit, after)) else None

    def _last_of_all(self, place: int, word: str) -> WrittenSign | None:
        """The last digit or letter of a code behind "and": "seven, eight, and nine"."""
        letter, behind = word_at(self.atoms, place + 1), place + 2
        if word == "and" and self.found and self.found[-1].explained and len(letter) == 1:
            named = _named_behind(self.atoms, behind, letter.upper())
            return None if named is None else WrittenSign(letter.upper(), named, explained=True)
        if word != "and" or not self.strict or self.digits < 3 or self.digits < len(self.found):
            return None
        last, end = word_at(self.atoms, place + 1), place + 2
        if last not in DIGITS or (end < len(self.atoms) and self.atoms[end - 1].runs_on):
            return None
        return WrittenSign(str(DIGITS[last]), end)

    def allows_after(self, place: int) -> bool:
        """Whether a run may go on behind the atom before ``place``."""
        tail = self.atoms[place - 1].tail
        if tail in ("", "-"):
            return True
        if tail == ",":
            return self._goes_on_alike(place) or not self._short_form_ends()
        # A recogniser ends a sentence behind every letter that is spelled, or every digit.
        return tail in (".", "...", "…") and self._alike(place)

    def _goes_on_alike(self, place: int) -> bool:
        """Whether signs go on that are parted by commas throughout.

        Words of the spelling alphabet, or letters before two digits and more; two letters alone
        may be two things: "plan A, B".
        """
        if any(self.atoms[sign.end - 1].tail != "," for sign in self.found):
            return False
        spelled = [self.atoms[sign.end - 1].word for sign in self.found]
        if all(word in ALPHABET for word in spelled):
            words = _while_in(self.atoms, place, ALPHABET)
            return len(spelled) + len(words) >= _SPELLED and len({*spelled, *words}) > 2
        letters = _while_in(self.atoms, place, _LETTERS)
        digits = [word_at(self.atoms, place + len(letters) + step) for step in (0, 1)]
        return all(map(_is_digit, digits)) and all(atom.tail for atom in self.atoms[place:][:2])

    def _short_form_ends(self) -> bool:
        """Whether a comma parts two short names: "A B C, N B C"."""
        letters = any(sign.text.isalpha() for sign in self.found)
        if self.cued or self.lettered or not letters or self.found[-1].explained:
            return False
        tails = [self.atoms[sign.end - 1].tail for sign in self.found[:-1]]
        return not tails or "" in tails

    def _alike(self, place: int) -> bool:
        word = word_at(self.atoms, place)
        if len(word) == 1 and word.isalpha():
            return all(sign.text.isalpha() for sign in self.found)
        if not _is_digit(word) or self.digits < len(self.found):
            return False
        return self.cued or len(self.found) > 1 or _is_digit(word_at(self.atoms, place + 1))


def _named_behind(atoms: Sequence[Atom], place: int, letter: str) -> int | None:
    """Where a letter's word of the spelling alphabet ends: "as in Romeo", heard as "is in" too."""
    for joint in (("as", "in"), ("as", "an"), ("is", "in"), ("as",), ("for",)):
        end = place + len(joint)
        said = tuple(word_at(atoms, at) for at in range(place, end))
        if said == joint and ALPHABET.get(word_at(atoms, end)) == letter:
            return end + 1
    return None


def _while_in(atoms: Sequence[Atom], place: int, words: Container[str]) -> list[str]:
    """The words from a place on that are among some, with a comma between them."""
    found: list[str] = []
    while word_at(atoms, place) in words and (not found or atoms[place - 1].tail == ","):
        found.append(word_at(atoms, place))
        place += 1
    return found


def _pair_end(atoms: Sequence[Atom], place: int) -> int | None:
    """Where two digits end that are said or written as one number, or as "oh nine"."""
    word = word_at(atoms, place)
    if word in ("oh", "o", "zero"):
        return place + 2 if _is_digit(word_at(atoms, place + 1)) else None
    if len(word) == 2 and word.isdecimal():
        return place + 1 if atoms[place].tail != "-" else None
    pair = below_hundred(atoms, place)
    return pair.end if pair is not None and pair.value >= 10 else None


def _is_british_behind_nought(atoms: Sequence[Atom], place: int) -> bool:
    """Whether ten more digits make a telephone number of "Oh," and them.

    What begins with one has no American area code; else the pauses tell the two apart.
    """
    lengths, digits, end = [0], 0, place
    while end < len(atoms) and digits < _BEHIND_NOUGHT:
        word = word_at(atoms, end)
        times = TIMES.get(word, 1)
        end += times > 1
        if not (_is_digit(word_at(atoms, end)) or word_at(atoms, end) in ("oh", "o")):
            return False
        digits, lengths[-1] = digits + times, lengths[-1] + times
        if atoms[end].tail not in ("", "-"):
            lengths.append(0)
        end += 1
    grouped = [length for length in lengths if length]
    begins = word_at(atoms, place) in ("one", "1")
    return digits == _BEHIND_NOUGHT and (begins or grouped not in ([10], [3, 3, 4], [3, 7]))


def _is_digit(word: str) -> bool:
    return word in _SPOKEN or (len(word) == 1 and word.isdecimal())


def signs_of(
    atoms: Sequence[Atom], place: int, *, cued: bool, strict: bool, lettered: bool
) -> Signs | None:
    """The run of signs that begins at a place; None where there is none.

    ``cued``: words before it say that a code comes; ``strict``: it comes right here;
    ``lettered``: a name is spelled.
    """
    run = _SignsFound(atoms, cued=cued, strict=strict, lettered=lettered)
    at = place
    while at < len(atoms):
        sign = run.sign(at)
        if sign is None:
            break
        run.found.append(sign)
        at = sign.end
        if not run.allows_after(at):
            break
    found = _trimmed(run.found, atoms, cued=cued)
    # "I, I, I" is no more than a start.
    if (
        not found
        or all(sign.weak and sign.text in "AI" for sign in found)
        or run.found[0] is not found[0]
    ):
        return None
    return _signs(found, atoms)


def _trimmed(found: list[WrittenSign], atoms: Sequence[Atom], *, cued: bool) -> list[WrittenSign]:
    """The run without what only looks like a sign at its ends."""
    spelled = [one for one in found if one.text in ALPHABET.values() and not one.explained]
    if any(atoms[sign.end - 1].word in _SPELLS for sign in spelled) and len(found) < 3:
        return []
    while found and found[-1].text in _BETWEEN.values():
        found = found[:-1]
    while found and found[-1].weak and _is_word(found, len(found) - 1, atoms, cued=cued):
        found = found[:-1]
    if found and found[0].weak and _is_word(found, 0, atoms, cued=cued):
        return []
    for place in range(1, len(found) - 1):
        if found[place].weak and _is_word(found, place, atoms, cued=cued):
            found = found[:place]
            break
    return found


def _is_word(
    found: Sequence[WrittenSign], place: int, atoms: Sequence[Atom], *, cued: bool
) -> bool:
    """Whether a weak sign is the word that it looks like."""
    sign = found[place]
    atom = atoms[sign.end - 1]
    if atom.word in _SPELLS:
        return len(found) < 3
    if sign.text == "0":
        more = found[place + 1 : place + 3]
        return len(more) < 2 or not all(one.text.isdigit() for one in more)
    near = [*found[max(0, place - 2) : place], *found[place + 1 : place + 3]]
    letters = [one for one in near if one.text.isalpha()]
    if 0 < place < len(found) - 1:
        return not (letters or cued)
    if atom.raw == "A":
        return len(found) < 3 or not letters
    if atom.raw == "a" and not all(atoms[one.end - 1].raw.islower() for one in letters):
        return True
    return len(letters) < 2 and not (cued and _must_be_letter(found, place, atoms))


def _must_be_letter(found: Sequence[WrittenSign], place: int, atoms: Sequence[Atom]) -> bool:
    """Whether "a" or "I" at an end of a code has no word to belong to.

    At the end of a sentence, behind a letter; at the beginning, before a letter of a code with
    digits.
    """
    if place == 0:
        digits = any(one.text.isdigit() for one in found[:4])
        return len(found) > 2 and found[1].text.isalpha() and not found[1].weak and digits
    last = found[place].end == len(atoms) or not atoms[found[place].end - 1].runs_on
    return last and place > 0 and found[place - 1].text.isalpha()


def _signs(found: Sequence[WrittenSign], atoms: Sequence[Atom]) -> Signs:
    groups, commas = [""], 0
    for number, sign in enumerate(found):
        groups[-1] += sign.text
        tail = atoms[sign.end - 1].tail
        commas += number < len(found) - 1 and tail not in ("", "-")
        if number < len(found) - 1 and (tail not in ("", "-") or sign.apart):
            groups.append("")
    explained = sum(sign.explained for sign in found)
    return Signs(tuple(groups), found[-1].end, commas, explained)
