"""The sample call that comes with Coach: a synthetic billing dispute, nobody's real call."""

from __future__ import annotations

from pathlib import Path

CALL = Path(__file__).parent / "call.flac"
"""8 kHz stereo, agent left, customer right."""

REFERENCE = Path(__file__).parent / "call.tsv"
"""What is said when: start_s, end_s, role, text."""
