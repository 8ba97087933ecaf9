"""The words of one draft or final text, as rules see them."""

from __future__ import annotations

import copy
from collections.abc import Container, Iterable, Sequence

from coach.engine.talk.feeling import TextScore, score_text
from coach.events import Channel, Clause, Evidence, Word
from rules.matching.hits import Found, Hit


class HeardWords:
    """Words that have just arrived, a draft or final."""

    __slots__ = (
        *(
            "_count",
            "_score",
            "channel",
            "clauses",
            "end",
            "final",
            "found",
            "scored",
            "start",
            "supposed",
            "text",
        ),
        *("utterance", "words"),
    )

    def __init__(
        self, span: tuple[Channel, float, float], utterance: str, text: str, found: Found
    ) -> None:
        self.channel, self.start, self.end = span
        self.utterance = utterance
        self.text = text
        self.found = found
        self.final = False
        self.supposed = False
        """They are only looked at: they are to leave nothing behind."""
        self.words: tuple[Word, ...] = ()
        self.clauses: Sequence[Clause] = ()
        self.scored = False
        """Whether they have a score: final words in a language that can be scored do."""
        self._score: TextScore | None = None
        self._count = 0
        """Of its words; reckoned when it is first asked for."""

    @property
    def score(self) -> TextScore | None:
        """How they feel, reckoned when it is first asked for."""
        if self._score is None and self.scored:
            self._score = score_text(self.text, self.clauses)
        return self._score

    def beside(self, exceptions: Iterable[int], of: Container[int]) -> HeardWords:
        """The same words, of which some conditions hear no more than exceptions leave of them.

        Given are the numbers of the conditions; see ``Found.beside``.
        """
        rest = self.found.beside(exceptions, of)
        if rest is self.found:
            return self
        heard = copy.copy(self)
        heard.found = rest
        return heard

    def supposing(self, number: int) -> HeardWords:
        """The same words, had they come near enough to the meaning with that number."""
        supposed = self.again()
        supposed.found = self.found.supposing(number)
        return supposed

    def again(self) -> HeardWords:
        """The same words, looked at once more: they have left behind what they were to."""
        known = copy.copy(self)
        known.supposed = True
        return known

    def whole(self) -> Evidence:
        """All that was said, as the reason for something."""
        return Evidence(
            utterance=self.utterance,
            channel=self.channel,
            start=self.start,
            end=self.end,
            text=self.text,
        )

    def evidence(self, rule: str, hit: Hit) -> Evidence:
        """The matched words with their times; reckoned where words carry none."""
        count = self._count = self._count or max(1, len(self.text.split()))
        if len(self.words) == count:
            start, end = self.words[hit.first].start, self.words[hit.last].end
        else:
            length = (self.end - self.start) / count
            start = self.start + hit.first * length
            end = self.start + (hit.last + 1) * length
        return Evidence(
            rule=rule,
            utterance=self.utterance,
            channel=self.channel,
            start=round(start, 3),
            end=round(end, 3),
            text=hit.text,
            value=hit.rate,
            threshold=hit.sensitivity,
            meaning=hit.sentence,
            note=hit.guard or "",
            guard=hit.guard,
        )
