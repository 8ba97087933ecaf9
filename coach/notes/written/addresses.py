"""E-mail and web addresses: "john dot smith at gmail dot com"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .atoms import Atom, Match, follows, word_at, words_before
from .cardinals import DIGITS

_MARKS = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-"}
_ENDINGS = frozenset(
    {"com", "net", "org", "co", "io", "gov", "edu", "info", "biz", "uk", "ca", "au", "de", "us"}
)
_AFTER_CO = frozenset({"uk", "nz", "za", "au"})
_MAILBOXES = frozenset(
    {
        *("gmail", "yahoo", "hotmail", "outlook", "icloud", "aol", "live", "msn", "comcast"),
        *("protonmail", "proton", "verizon", "mac", "me", "googlemail", "btinternet", "gmx"),
    }
)
_NO_NAME = frozenset(
    {
        *("the", "a", "an", "this", "that", "it", "is", "at", "on", "to", "of", "and", "my"),
        *("your", "our", "go", "dot", "or", "in", "for", "his", "her", "their", "email"),
    }
)
_WHOSE = frozenset({"my", "your", "our"})
"""Words with which the name of a host may begin: "my bank dot com"."""
_ROLES = frozenset(
    {
        *("accounts", "accounting", "admin", "billing", "bookings", "care", "claims"),
        *("complaints", "contact", "enquiries", "feedback", "finance", "hello", "help"),
        *("helpdesk", "info", "inquiries", "mail", "office", "orders", "payments", "post"),
        *("reception", "refunds", "returns", "sales", "service", "services", "support", "team"),
    }
)
"""Mailboxes of companies: "send it to accounts at example.com"."""
_CUE = re.compile(r"e?mails?|address|mailbox")
_CONTACT = re.compile(r"reach|contact|write|send|sent|forward|get|mail|message")
"""Before "to" or "at" and an address of a single word: "write to claims at acme dot org"."""
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+(?:" + "|".join(sorted(_ENDINGS)) + ")")
_PLAIN = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_LOST_AT = re.compile(r"([a-z0-9]+(?:[._-][a-z0-9]+)*)\.([a-z]+)\.(com|net|org|co\.uk)")
_MOST_OF_HOST = 4
"""Words of which the name of a host may consist."""
_MOST = 12
"""Atoms of which the part before "at" may consist."""


class _Text(NamedTuple):
    text: str
    end: int
    marked: bool = False
    """It holds a sign or a figure, so it is no word of a sentence."""


def address(atoms: Sequence[Atom], place: int) -> Match | None:
    """An e-mail address, or a web address, that begins at a place."""
    return _mail(atoms, place) or _mail_without_at(atoms, place) or _web(atoms, place)


def _mail_without_at(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as ``kate.lawson.gmail.com``, of which the recogniser has lost the "at"."""
    found = _LOST_AT.fullmatch(atoms[place].word)
    if found is None or found[2] not in _MAILBOXES:
        return None
    cued = any(map(_CUE.fullmatch, words_before(atoms, place, 6)))
    return Match(place + 1, f"{found[1]}@{found[2]}.{found[3]}") if cued else None


def _mail(atoms: Sequence[Atom], place: int) -> Match | None:
    before = words_before(atoms, place, 6)
    cued = any(_CUE.fullmatch(word) for word in before)
    opened = cued and before[-1] in ("is", "address", "email", "it's", "to", "as", "mail")
    reached = before[-1:] in (["to"], ["at"]) and any(map(_CONTACT.fullmatch, before))
    local = _local(atoms, place, loose=opened)
    if local is None or word_at(atoms, local.end) != "at" or not atoms[local.end].runs_on:
        return None
    opened = opened or reached
    host = _host(atoms, local.end + 1)
    if host is None and (local.marked or opened):
        host = _host_of_words(atoms, local.end + 1)
    if host is None:
        return None
    known = host.text.split(".")[0] in _MAILBOXES
    if not (known or local.marked or opened):
        return None
    role = reached and local.text in _ROLES
    if host.text == atoms[local.end + 1].word and not (known or local.marked or cued or role):
        return None
    return Match(host.end, f"{local.text}@{host.text}")


def _local(atoms: Sequence[Atom], place: int, *, loose: bool) -> _Text | None:
    """The part before "at"; ``loose``: words follow each other without a sign between them."""
    text, at, marked = "", place, False
    if word_at(atoms, place) in _NO_NAME:
        return None
    while at < len(atoms) and at - place < _MOST:
        word = atoms[at].word
        if word == "at":
            break
        mark = _MARKS.get(word) if text else None
        if mark is None:
            sign = _sign(word)
            single = len(word) == 1 or word in DIGITS or word.isdecimal()
            hyphened = at > place and atoms[at - 1].inside
            parted = text and not (loose or single or hyphened or text[-1] in "._-")
            if not sign or word in _NO_NAME or parted:
                return None
            marked = marked or word in DIGITS or bool(re.search(r"[\d._-]", word))
            if text and hyphened and len(word) > 1 and len(atoms[at - 1].word) > 1:
                text, marked = text + "-", True
            text += sign
        else:
            text, marked = text + mark, True
        if atoms[at].tail not in ("", "-", ","):
            return None
        at += 1
    usable = text and text[-1] not in "._-"
    return _Text(text, at, marked) if usable else None


def _sign(word: str) -> str:
    if word in DIGITS:
        return str(DIGITS[word])
    return word if _PLAIN.fullmatch(word) else ""


def _host(atoms: Sequence[Atom], place: int) -> _Text | None:
    word = word_at(atoms, place)
    if _HOST.fullmatch(word):
        return _Text(word, place + 1)
    if not word or not re.fullmatch(r"[a-z0-9]+", word) or word in _NO_NAME - {"me"}:
        return None
    text, at = word, place + 1
    while follows(atoms, at) in ("dot", "dash", "hyphen"):
        after = follows(atoms, at + 1)
        if not re.fullmatch(r"[a-z0-9]+", after):
            return None
        text += _MARKS[atoms[at].word] + after
        at += 2
        if after in _ENDINGS and not (after == "co" and follows(atoms, at) == "dot"):
            break
    parts = text.split(".")
    ended = len(parts) > 1 and parts[-1] in _ENDINGS
    if len(parts) > 2 and parts[-2] == "co" and parts[-1] not in _AFTER_CO:
        ended = False
    return _Text(text, at) if ended else None


def _host_of_words(atoms: Sequence[Atom], place: int) -> _Text | None:
    """A host whose name is said as words: "north water dot org"."""
    text, at = "", place
    while at - place < _MOST_OF_HOST and follows(atoms, at) not in ("dot", ""):
        word = atoms[at].word
        if word in _NO_NAME - _WHOSE or not re.fullmatch(r"[a-z0-9]+", word):
            return None
        text, at = text + word, at + 1
    if at - place < 2:
        return None
    last = _host(atoms, at - 1)
    return last and _Text(text + last.text.removeprefix(word_at(atoms, at - 1)), last.end)


def _web(atoms: Sequence[Atom], place: int) -> Match | None:
    host = _spelled_web(atoms, place) or _host(atoms, place)
    if host is None or host.end == place + 1:
        return None
    text, at = host.text, host.end
    while follows(atoms, at) == "slash" and re.fullmatch(r"[a-z0-9]+", follows(atoms, at + 1)):
        text += f"/{atoms[at + 1].word}"
        at += 2
    return Match(at, text)


def _spelled_web(atoms: Sequence[Atom], place: int) -> _Text | None:
    """Such as "w w w dot example dot com"."""
    letters = [atom.word for atom in atoms[place : place + 3]]
    dotted = follows(atoms, place + 3) == "dot" and bool(follows(atoms, place + 4))
    if letters != ["w"] * 3 or not dotted:
        return None
    host = _host(atoms, place + 4) or _host_of_words(atoms, place + 4)
    return None if host is None else _Text(f"www.{host.text}", host.end)
