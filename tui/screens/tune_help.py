"""Every key of the tuning screen, and what its figures mean."""

from __future__ import annotations

from .help import HelpScreen


class TuneHelpScreen(HelpScreen):
    """The tuning screen's help sheet."""

    sections = (
        (
            "Turning",
            (
                ("← →", "lower, higher; with Shift five steps; nothing is changed by it"),
                ("Home End", "the lowest and the highest value"),
                ("↑ ↓", "another figure of the rule"),
                ("r", "another rule"),
                ("u", "undo: the value before"),
            ),
        ),
        (
            "Looking",
            (
                ("PgUp PgDn", "earlier and further moments, where cards differ"),
                ("w", "which wordings were used, which waved off"),
            ),
        ),
        (
            "Keeping",
            (
                ("s", "save the value: names what it contradicts, asks why"),
                ("v", "versions of the file: what differs; roll back"),
                ("p", "publish the file to the shared folder (asks first)"),
                ("?", "this sheet"),
                ("q", "quit; so does Ctrl+C; asks where a value is not saved"),
            ),
        ),
        (
            "The figures",
            (
                ("cards", "of this rule in the kept calls; gained and lost against those in force"),
                ("precision", "of the cards that reviewers marked, the share that was right"),
                ("recall", "of the moments that reviewers marked, the share that got the card"),
                ("( to )", "where the true share lies in 95 of 100 such samples"),
                ("…", "not counted yet; 3 of 22 calls: so many are"),
            ),
        ),
        (
            "The curve",
            (
                ("█", "cards an hour at a value; what a full bar stands for is said below"),
                ("│ ▲", "the value in force, the one that is tried"),
            ),
        ),
    )
