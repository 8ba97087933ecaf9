"""Searches the drafts of a call that is over: what they will come to is known already.

What occurs in the beginning of an utterance occurs in the whole of it, so of a draft no more is
looked for than what its final text holds. Where a draft is no beginning of its final text, word by
word as the matcher reads them, it is searched like any other text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coach.events import AnyEvent, Channel, Clause, Hypothesis, Loudness, Utterance
from rules.matching.hits import Found
from rules.matching.matcher import Matcher
from rules.matching.occurrences import WholeText

Finals = dict[tuple[Channel, str], str]
"""What the drafts of a call came to, by their words."""


def finals_of(events: Iterable[AnyEvent]) -> Finals:
    """From the facts of a call, results among them or not."""
    drafts, finals = {}, {}
    for event in events:
        if type(event) is Loudness:  # most of them
            continue
        if isinstance(event, Hypothesis):
            drafts[event.channel, event.committed] = event.utterance
        elif isinstance(event, Utterance):
            finals[event.utterance] = event.text
    return {draft: finals[utterance] for draft, utterance in drafts.items() if utterance in finals}


class Foresight:
    """Finds what a matcher finds in the words of one call."""

    def __init__(self, matcher: Matcher, finals: Finals) -> None:
        self._matcher = matcher
        self._finals = finals
        self._wholes: dict[tuple[Channel, str], WholeText | None] = {}

    def find(
        self, channel: Channel, text: str, final: bool = True, clauses: Sequence[Clause] = ()
    ) -> Found:
        """Every condition that holds in a text; see ``Matcher.find``."""
        whole = self._wholes.get((channel, text)) if final else self._whole(channel, text)
        return self._matcher.find(channel, text, final, clauses, whole)

    def _whole(self, channel: Channel, draft: str) -> WholeText | None:
        final = self._finals.get((channel, draft))
        if final is None:
            return None
        if (channel, final) not in self._wholes:
            self._wholes[channel, final] = self._matcher.whole(channel, final)
        return self._wholes[channel, final]
