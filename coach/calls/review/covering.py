"""Results of a call that was not masked, so that they can be shown: without anybody's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from coach.events import CardRaised, CueMatched, Evidence, Fact, Result, Utterance


def covered(facts: Iterable[Fact], results: Iterable[Result]) -> Iterator[Result]:
    """The results with the masked line in the place of the words that were quoted from it.

    ``facts`` are masked. The words that a card offered may quote too, so they are left out.
    """
    lines = {fact.utterance: fact.text for fact in facts if isinstance(fact, Utterance)}
    for result in results:
        because = tuple(_covered(one, lines) for one in getattr(result, "because", ()))
        changed = msgspec.structs.replace(result, because=because)
        if isinstance(changed, CueMatched):
            text = lines.get(changed.utterance or "", "") if changed.text else ""
            yield msgspec.structs.replace(changed, text=text)
        elif isinstance(changed, CardRaised):
            yield msgspec.structs.replace(changed, say="")
        else:
            yield changed


def _covered(evidence: Evidence, lines: dict[str, str]) -> Evidence:
    text = lines.get(evidence.utterance or "", "") if evidence.text else ""
    return msgspec.structs.replace(evidence, text=text)
