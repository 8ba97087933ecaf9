"""Which language is spoken, and what of the coaching covers it.

The recogniser knows a hundred languages, the packs and the judgement of mood far fewer. A call
in another one is written down all the same, and the screen says what must not be relied on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from coach.errors import InputError
from coach.events import AudioWarning, Fact, Utterance

KNOWN = frozenset(
    re.findall(
        r"\w+",
        """
        af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo
        fr gl gu ha haw he hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo
        lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si
        sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh
        """,
    )
)
"""Codes the recogniser understands."""

AUTO = "auto"
"""Listen first."""

MOOD = "en"
"""The only language whose mood is judged."""

KIND = "language"
"""``AudioWarning.kind`` of a language that is not covered."""

UNKNOWN = "und"
"""Foreign speech of which it could not be told what it is."""

ENOUGH = 3.0
"""Seconds of trusted speech in another language, and more than in the expected one, before it
is said: a name or an "okay" is no evidence. Words that are doubtful because they are foreign count
for their language."""


def checked(code: str, *, model: str = "") -> str:
    """Give the code as the recogniser knows it, or ``auto``; a region is left out (``en-GB``).

    ``model``: name of the speech model; one that ends in ``.en`` hears English only. Raises
    InputError.
    """
    plain = code.strip().lower().replace("_", "-").partition("-")[0]
    if plain != AUTO and plain not in KNOWN:
        raise InputError(
            f"No language has the code {code!r}.",
            "Give one of two letters such as en, de or es, or auto to listen first.",
        )
    if model.endswith(".en") and plain not in (AUTO, "en"):
        raise InputError(
            f"The speech model {model} hears English only, not {plain}.",
            f"Choose one for all languages: --model {model.removesuffix('.en')}.",
        )
    return plain


def uncovered(spoken: str, rules: str, *, heard: bool = False) -> str:
    """Say what is missing in a call in ``spoken`` with rules in ``rules``; empty if nothing.

    ``heard``: nobody said that the call is in it; it was heard, perhaps for a part or from one
    of two people only.
    """
    if spoken == AUTO:
        return ""
    lacks = [
        f"{what} {known} only"
        for what, known in (("the rules are", rules), ("mood is judged in", MOOD))
        if spoken != known
    ]
    if not lacks:
        return ""
    what = f"The language {spoken} is heard" if heard else f"The call is in {spoken}"
    where = "where it is spoken, rely" if heard else "rely"
    return (
        f"{what}, but {' and '.join(lacks)}: {where} on the transcript and the clock, not on cards "
        "that need words."
    )


class LanguageWatch:
    """Follows the language of what is understood and warns once where it is not covered."""

    def __init__(self, rules: str, *, told: str) -> None:
        """``rules``: the language of the rules in force; ``told``: the one given for the call.

        Where that language is not covered, it was said at the start and is not said again.
        """
        self._rules = rules
        self._told = told
        self._heard: defaultdict[str, float] = defaultdict(float)
        self._warned = False

    def push(self, facts: Iterable[Fact]) -> list[AudioWarning]:
        """Look at what was learned; the warning carries the ``at`` of what decided it."""
        for fact in facts:
            if self._warned:
                break
            if not isinstance(fact, Utterance) or fact.language == UNKNOWN:
                continue
            if fact.doubtful and self._told in (AUTO, fact.language):
                continue
            self._heard[fact.language] += fact.end - fact.start
            spoken = max(self._heard, key=lambda code: self._heard[code])
            known = spoken == self._told
            detail = "" if known else uncovered(spoken, self._rules, heard=True)
            if detail and self._heard[spoken] >= ENOUGH:
                self._warned = True
                return [AudioWarning(at=fact.at, kind=KIND, detail=detail)]
        return []
