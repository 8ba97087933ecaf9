"""What a review asks when something is marked, and why a mark may not fit."""

from __future__ import annotations

from coach.notes.review.past_call import Moment, MomentKind
from coach.notes.review.verdict import Verdict

USUAL: dict[Verdict, tuple[str, tuple[str, ...]]] = {
    Verdict.RIGHT: ("Right. A note?", ("it helped", "the agent could have used it")),
    Verdict.WRONG: (
        "Wrong. Why?",
        (
            "the words mean something else here",
            "they were misheard",
            "the other side said them",
            "the agent had done it already",
            "it was no moment for it",
        ),
    ),
    Verdict.LATE: (
        "Right, and too late. Why?",
        (
            "the words had come earlier",
            "the customer had moved on",
            "it waited behind another card",
        ),
    ),
    Verdict.MISSED: (
        "Missed here. Why?",
        ("the customer said it in other words", "it was misheard", "the limits kept it back"),
    ),
    Verdict.NOTE: ("Bookmark. A remark?", ("well done", "to talk about", "listen to this")),
}
"""The question, and usual answers."""


def refusal(moment: Moment | None) -> str:
    """Why right, wrong and late do not fit what is shown; empty if they do."""
    if moment is None or moment.kind not in (MomentKind.CARD, MomentKind.KEPT_BACK):
        return "These keys are about a card; c goes to the next one. i says that one is missing."
    if moment.kind is MomentKind.KEPT_BACK:
        return "It was not shown. i says that it should have been, b keeps a remark."
    return ""
