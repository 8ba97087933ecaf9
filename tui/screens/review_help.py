"""Every key of a review, and every sign of its time line, on one sheet."""

from __future__ import annotations

from .help import HelpScreen

SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Going to the next; with Shift, to the one before",
        (
            ("c", "card that was shown"),
            ("k", "card that was kept back"),
            ("u", "cue: something that a rule noticed"),
            ("s", "silence or hold"),
            ("o", "talk-over"),
            ("m", "mark or bookmark"),
            ("v", "place where the sides are exchanged, or seem to be"),
            ("n", "line with the words that were searched"),
            ("d", "difference between two sets of rules (--rules-in-force)"),
        ),
    ),
    (
        "Moving",
        (
            ("← →", "5 seconds; with Shift 30"),
            ("↑ ↓", "line by line"),
            ("Home End", "beginning and end"),
            ("g", "to a time, such as 3:12"),
            ("/", "search words in this call"),
        ),
    ),
    (
        "Saying what is right",
        (
            ("r w l", "the card was right, wrong, or right and too late"),
            ("i", "a card is missing here: which one"),
            ("b", "bookmark or remark"),
            ("z", "take back the mark that is shown"),
            ("e", "put the words of the line right"),
            ("t", "the other side said the line"),
            ("T", "the sides are exchanged from here on, as by a transfer; T there takes it back"),
            ("a", "a rule from the line: drafted, tried, kept disabled"),
            ("f", "fill in a scorecard; m in it goes to the moment, f comes back"),
        ),
    ),
    (
        "Looking closer",
        (
            ("Enter", "all about what is shown: evidence, what it took, limits"),
            ("y", "copy the link to this place"),
            ("x", "hand the call on: report, Contact Lens, table, captions"),
            ("space", "hear the call from here, or stop"),
            ("+ -", "faster and slower, from 1x to 2x"),
            ("Esc", "back to the calls"),
            ("?", "this sheet"),
            ("q", "quit; so does Ctrl+C"),
        ),
    ),
    (
        "Signs on the time line",
        (
            ("█ ▄", "level; speech for most of the time, or some of it"),
            ("x · h ░", "talk-over, silence, hold, off the record"),
            ("● ○ ◆", "card shown, card kept back, cue"),
            ("✓ ✗ … ! ▸", "marked right, wrong, late, missed; bookmark"),
            ("≠ ⇄", "a card that only one of two sets of rules shows; sides exchanged"),
        ),
    ),
    (
        "Searching calls, in the list",
        (
            ("a", "how far reviewers agree who scored blind; x there names the expert"),
            ("manager", "said by anybody; --by customer: by the customer"),
            ("--during", "today, yesterday, last-week, 2026-03, ...; --since, --until"),
            ("--level", "angry or worse; --cue RULE, --card RULE, --fate used"),
            ("--marks", "with marks; --score ..60; --agent, --queue, --tag, --kind"),
        ),
    ),
)


class ReviewHelpScreen(HelpScreen):
    """The help sheet of a review."""

    sections = SECTIONS
