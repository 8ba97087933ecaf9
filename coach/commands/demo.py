"""`coach demo`: the bundled sample call, really transcribed and really coached."""

from __future__ import annotations

import argparse
import sys

from coach import sample
from coach.calls.about import DEMO_SOURCE, CallKind
from coach.commands import replay
from coach.startup.options import read_settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options: those of a replay, without the files."""
    replay.add_playing(parser)


def run(args: argparse.Namespace) -> int:
    """Play the sample call."""
    print(
        "The sample call: a billing dispute, spoken by two synthetic voices (agent left, "
        "customer right). It is transcribed on this machine, as a real call would be.",
        file=sys.stderr,
    )
    files = {"file": sample.CALL, "agent": None, "customer": None}
    plain = {"tracks": (), "channels": (), "raw": "", "rate": None, "delay": None, "follow": False}
    plain |= {"swap_at": "", "split": True, "agent_voice": None}
    for name, value in {**files, **plain, "agent_channel": "left", "mono": False}.items():
        setattr(args, name, value)
    return replay.show_recording(args, read_settings(args), DEMO_SOURCE, CallKind.DEMO)
