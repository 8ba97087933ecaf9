"""Every key and every mark, on one sheet."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from .sheet import Sheet

SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "The card",
        (
            ("u", "used: you said it, or did it"),
            ("d", "dismiss the card"),
            ("a", "acknowledge a card that stays (safety, threat)"),
            ("n", "next wording of the same card"),
            ("y", "why: the evidence for card and level"),
            ("m", "hide this kind of card for this call"),
            ("w", "mark the card wrong, for tuning the rules"),
        ),
    ),
    (
        "The call",
        (
            ("s", "snooze for a while; safety and threats still show"),
            ("c", "calm mode: only safety, threats and boundaries"),
            ("p", "pause hearing, or go on"),
            ("x", "swap the two sides"),
            ("b", "begin a call now"),
            ("k", "who calls: a reference, to recognise later calls"),
            ("o", "overview: mood, checklist, record, earlier cards"),
            ("h", "handoff note for a colleague or supervisor"),
            ("f", "what the floor was told, where it follows your calls"),
            ("e", "end the call (asks first)"),
            ("r", "review, once the call is over"),
            ("q", "quit; a live call asks first"),
        ),
    ),
    (
        "Replay",
        (
            ("space", "stop or go on"),
            ("← →", "ten seconds back or forward"),
            ("+ -", "faster, slower"),
        ),
    ),
    (
        "The transcript",
        (
            ("↑ ↓", "scroll; new lines do not pull you down"),
            ("PgUp PgDn", "scroll by a page"),
            ("Home", "the first line"),
            ("End", "follow the call again"),
        ),
    ),
    (
        "Anywhere",
        (
            ("Ctrl+P", "all commands by name"),
            ("Ctrl+C", "quit, as q does"),
            ("?", "this sheet"),
        ),
    ),
    (
        "Marks",
        (
            ("~ …", "draft words, still changing"),
            ("?", "doubtful: perhaps not said; nothing acts on it"),
            ("◆", "a cue was heard here; a wide screen names it"),
            ("x", "sound was lost here"),
            ("✓", "a nod: that was well done"),
        ),
    ),
)


class HelpScreen(Sheet):
    """The help sheet."""

    heading = "Help"
    sections = SECTIONS

    def paragraphs(self) -> Iterable[Content]:
        """Sections of keys."""
        for title, keys in self.sections:
            yield Content.styled(title, "bold $agent")
            for key, words in keys:
                yield Content.assemble((f"  {key:<10} ", "bold"), words)
            yield Content("")
