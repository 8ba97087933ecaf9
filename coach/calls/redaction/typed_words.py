"""What somebody types about a call, a note or a reason, is masked like what was said in it."""

from __future__ import annotations

from coach.calls.redaction.finder import Finder
from coach.calls.redaction.masking import masked
from coach.events import Channel


def masked_text(text: str) -> str:
    """The text with a mask for each piece of personal data, line by line."""
    return "\n".join(_masked_line(line) for line in text.split("\n"))


def _masked_line(line: str) -> str:
    marks = Finder().final(Channel.AGENT, line, 0.0)
    return " ".join(masked(line.split(), marks)[0]) if marks else line
