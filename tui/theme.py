"""Colours of the screen: a dark, quiet ground on which only the card and the level stand out.

The level colours rise in warmth and differ in lightness too, so that they stay apart in a
monochrome terminal and for people who confuse red and green. No meaning rests on them alone:
each stands beside a word, a mark or a position.
"""

from __future__ import annotations

from textual.theme import Theme

from coach.events import Level

LEVEL_COLOURS: dict[Level, str] = {
    Level.CALM: "#7fb8a4",
    Level.UNEASY: "#c9bd6a",
    Level.UPSET: "#e8a04c",
    Level.ANGRY: "#e8743f",
    Level.CRITICAL: "#ff5566",
}

VARIABLES: dict[str, str] = {
    "quiet": "#8b97a5",
    "faint": "#74818e",
    "card": "#1d2733",
    "card-text": "#f4f7fa",
    "track-safety": "#ff5566",
    "track-threat": "#ff5566",
    "track-conduct": "#c8a8ec",
    "track-escalation": "#7ab3e0",
    "track-coaching": "#9fb7a8",
    "on-bright": "#0d1116",
    "trouble": "#ff5566",
    "notice": "#c9bd6a",
    "customer": "#e6d3b8",
    "agent": "#9cc4de",
    "good": "#8fcf9f",
} | {f"level-{level.name.lower()}": colour for level, colour in LEVEL_COLOURS.items()}
"""Names for the stylesheet and for styles inside text."""

COACH = Theme(
    name="coach",
    primary="#7ab3e0",
    secondary="#9fb7a8",
    accent="#e8a04c",
    warning="#c9bd6a",
    error="#ff5566",
    success="#8fcf9f",
    foreground="#d5dde5",
    background="#0f1318",
    surface="#151b22",
    panel="#1d2733",
    dark=True,
    variables=VARIABLES,
)
