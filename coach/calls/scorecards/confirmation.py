"""How often reviewers confirmed what the engine answered, question by question.

Who sees a suggestion tends to take it, so answers given with it in sight and without are counted
apart; the second are the fairer measure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from coach.calls.scorecards.answers import said
from coach.calls.scorecards.form import AnswerKind
from coach.calls.scorecards.scorecard import Scorecard
from coach.notes.report.intervals import wilson


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """How one question's automatic answer fared."""

    question: str
    seen: bool
    """Whether the reviewer saw it before answering."""
    answered: int
    """Submitted answers with a suggestion beside them."""
    confirmed: int
    least: float
    """Ends of the 95 % interval of the share that is confirmed, 0 to 1 (Wilson)."""
    most: float
    instead: tuple[tuple[str, str, int], ...]
    """What was answered where it was not confirmed: suggested, confirmed, how often."""


def confirmations(cards: Iterable[Scorecard]) -> list[Confirmed]:
    """Count over submitted scorecards; unsure questions first."""
    pairs: dict[tuple[str, bool], list[tuple[str, str]]] = defaultdict(list)
    for card in cards:
        if card.submitted is None:
            continue
        texts = {q.id for _, q in card.form.questions() if q.kind is AnswerKind.TEXT}
        for answer in card.answers:
            if answer.suggested is not None and answer.question not in texts:
                pair = (said(answer.suggested.value), said(answer.value))
                pairs[answer.question, answer.seen].append(pair)
    found = [_counted(question, seen, given) for (question, seen), given in pairs.items()]
    return sorted(found, key=lambda one: (one.confirmed / one.answered, one.question, one.seen))


def _counted(question: str, seen: bool, pairs: list[tuple[str, str]]) -> Confirmed:
    confirmed = sum(suggested == said for suggested, said in pairs)
    others = Counter(pair for pair in pairs if pair[0] != pair[1])
    least, most = interval(confirmed, len(pairs))
    return Confirmed(
        question=question,
        seen=seen,
        answered=len(pairs),
        confirmed=confirmed,
        least=least,
        most=most,
        instead=tuple((one, other, count) for (one, other), count in others.most_common()),
    )


def interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson's score; 0 to 1 where nothing was counted."""
    return wilson(hits / of, of) if of else (0.0, 1.0)
