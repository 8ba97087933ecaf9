"""Every key of the floor, and what its columns mean."""

from __future__ import annotations

from .help import HelpScreen


class FloorHelpScreen(HelpScreen):
    """The floor's help sheet."""

    sections = (
        (
            "Keys",
            (
                ("↑ ↓", "choose an agent"),
                ("PgUp PgDn", "a page up or down"),
                ("t Home", "the most urgent one"),
                ("a", "acknowledge the first alarm of the chosen agent, who sees that"),
                ("?", "this sheet"),
                ("q", "quit; open alarms stay with the broker"),
            ),
        ),
        (
            "The table",
            (
                ("order", "open alarms first, gravest and oldest on top, then by level"),
                ("level", "how far the call has escalated, and since when"),
                ("!! 2", "alarms that nobody has acknowledged"),
                ("gone", "that Coach is not connected; what is shown is the last"),
            ),
        ),
        (
            "What you do not see",
            (
                ("words", "what was said, unless your team's settings allow it"),
                ("coaching", "what the agent is told"),
            ),
        ),
    )
