"""Looking whether anything is left of calls that were purged.

Searched is every file of the data folder, and of the rules, which may quote a call that they were
drafted from.

Before a purge the words of its calls are taken from the index. Afterwards every file is searched
for the sentences that no remaining call has, for their names, and the index also for single words.
A sentence that another call has as well ("thank you for calling") proves nothing and is counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import re2

from coach.calls.call_files import owner_of
from coach.calls.library import Library
from coach.calls.library_tables import COLUMNS, lines_of
from coach.calls.search_terms import expression

MOST_PER_CALL = 25
"""Sentences of one call that are searched for, the longest first."""
MOST_SENTENCES = 2000
"""Of all calls together; of very many calls each has one."""
AT_ONCE = 400
"""Searched for in one go through a file."""
_LEAST_SENTENCE, _LEAST_WORD = 12, 6
"""Characters; what is shorter may stand anywhere by chance."""
_PIECE = 1 << 22


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in a call."""

    call: str
    sentences: tuple[str, ...]


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is left."""

    path: Path
    text: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What was searched, for how much, and what was found."""

    files: int
    size: int
    """Bytes."""
    calls: int
    """Names that were searched for."""
    sentences: int
    words: int
    """Single words, in the index."""
    shared: int
    """Sentences that remaining calls have as well."""
    found: tuple[Trace, ...]


def words_of(library: Library, calls: Iterable[str]) -> tuple[Words, ...]:
    """What is to be searched for later; taken before the purge."""
    text = "coalesce(" + ", ".join(COLUMNS.values()) + ")"
    taken = []
    for call in calls:
        row = library.db.execute("SELECT no FROM calls WHERE call = ?", (call,)).fetchone()
        span = lines_of(row[0]) if row else (0, -1)
        rows = library.db.execute(f"SELECT {text} FROM lines WHERE id BETWEEN ? AND ?", span)  # noqa: S608 - fixed names
        taken.append(Words(call=call, sentences=tuple(line for (line,) in rows)))
    return tuple(taken)


def prove(library: Library, places: Iterable[Path], taken: Sequence[Words], listed: Path) -> Proof:
    """Search every file that is one of ``places`` or lies below them.

    ``listed`` may name the calls, and nothing else of them.
    """
    sentences, shared = _sentences(library, taken)
    words = _single_words(library, sentences)
    names = [one.call for one in taken]
    below = {path for place in places for path in (place, *place.rglob("*"))}
    files = sorted(path for path in below if path.is_file())
    found: list[Trace] = []
    by_sentence, by_name, by_word = _Needles(sentences), _Needles(names), _Needles(words)
    for path in files:
        needles = [by_sentence]
        if path != listed:
            needles.append(by_name)
        if path.name.startswith(library.index.name):
            needles.append(by_word)
        found += [Trace(path=path, text=text) for text in _in_file(path, needles)]
    whole = set(words)
    found = [one for one in found if not (one.text in whole and _stands(library, one.text))]
    remaining = {call for (call,) in library.db.execute("SELECT call FROM calls")}
    return Proof(
        files=len(files),
        size=sum(path.stat().st_size for path in files if path.exists()),
        calls=len(names),
        sentences=len(sentences),
        words=len(words),
        shared=shared,
        found=tuple(t for t in found if not _named_after(t, remaining)),
    )


def _named_after(trace: Trace, remaining: set[str]) -> bool:
    """Whether a name was found in a file of a call whose own name begins with it."""
    owner = owner_of(trace.path.name, remaining)
    return owner is not None and owner != trace.text and owner.startswith(trace.text)


def _sentences(library: Library, taken: Sequence[Words]) -> tuple[list[str], int]:
    """Sentences that only the purged calls had, and how many others had as well."""
    own: dict[str, None] = {}
    shared = 0
    most = min(MOST_PER_CALL, max(1, MOST_SENTENCES // max(1, len(taken))))
    for one in taken:
        long = {text for text in one.sentences if len(text) >= _LEAST_SENTENCE and " " in text}
        kept = 0
        for text in sorted(long, key=lambda text: (-len(text), text)):
            if kept == most:
                break
            if _is_said(library, text):
                shared += 1
            else:
                own[text] = None
                kept += 1
    return list(own), shared


def _single_words(library: Library, sentences: Iterable[str]) -> list[str]:
    words = {word for text in sentences for word in re.findall(r"\w+", text.lower())}
    long = sorted(word for word in words if len(word) >= _LEAST_WORD and word.isalpha())
    return [word for word in long if not _is_said(library, word)]


def _stands(library: Library, word: str) -> bool:
    """Whether the index has a word for itself, or of calls that remain: in a rule's name, say."""
    tables = library.db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'said%'"
    ).fetchall()
    own = library.db.execute("SELECT coalesce(group_concat(sql, ' '), '') FROM sqlite_master")
    if word in own.fetchone()[0]:
        return True
    for name, _ in tables:
        columns = [f'"{row[1]}"' for row in library.db.execute(f'PRAGMA table_info("{name}")')]
        row = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
        if library.db.execute(
            f'SELECT 1 FROM "{name}" WHERE instr({row}, ?) LIMIT 1',  # noqa: S608 - fixed names
            (word,),
        ).fetchone():
            return True
    return False


def _is_said(library: Library, text: str) -> bool:
    """Whether a remaining call has the words next to one another."""
    quoted = '"' + text.replace('"', " ") + '"'
    if not re.search(r"\w", text):
        return False
    row = library.db.execute(
        "SELECT 1 FROM said WHERE said MATCH ? LIMIT 1", (expression(quoted, None),)
    ).fetchone()
    return row is not None


class _Needles:
    """Texts to look for, as they are or as JSON writes them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = {form.encode(): text for text in texts for form in _forms(text)}
        self.longest = max(map(len, self.texts), default=1)
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = 64 << 20
        known = sorted(self.texts)
        self.patterns = [
            re2.compile(b"|".join(map(re2.escape, known[start : start + AT_ONCE])), options)
            for start in range(0, len(known), AT_ONCE)
        ]

    def within(self, data: bytes) -> Iterator[str]:
        """Which of the texts stand in a piece of a file."""
        for pattern in self.patterns:
            for match in pattern.finditer(data):
                yield self.texts[match.group()]


def _forms(text: str) -> set[str]:
    return {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}


def _in_file(path: Path, needles: Sequence[_Needles]) -> Iterator[str]:
    """Which of the texts stand in a file, each once; it is read piece by piece."""
    seen: set[str] = set()
    overlap = max(one.longest for one in needles)
    rest = b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                data = rest + piece
                for one in needles:
                    seen.update(one.within(data))
                rest = data[-overlap:]
    except FileNotFoundError:  # a log of the index that is gone since
        return
    yield from sorted(seen)
