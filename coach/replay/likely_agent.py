"""Who of two sides is probably the agent, and why.

Nothing here knows yet; whoever asks gets None and says so. What tells is said in the opening
seconds: a greeting, the company's formula, questions for verification.
"""

from __future__ import annotations

import msgspec

from audio.recording import Recording


class AgentGuess(msgspec.Struct, frozen=True, kw_only=True):
    """A guess, for a person to confirm."""

    side: str
    """``left`` or ``right``: the first or the second of the two sides as they are taken."""
    because: tuple[str, ...]
    """The evidence, each a plain clause."""


def likely_agent(_recording: Recording) -> AgentGuess | None:
    """Guess which side is the agent's; None where nothing tells."""
    return None
