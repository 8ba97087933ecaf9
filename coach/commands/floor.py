"""`coach floor`: follow the calls of all agents who publish theirs, and acknowledge alarms."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import Exit, InputError
from coach.startup.config import load
from coach.startup.floor_access import FloorAccess, floor_access
from coach.startup.login import named
from coach.startup.screens import can_show_screen

if TYPE_CHECKING:
    from coach.live.floor.connection import Connection, ConnectionOwner, Will
    from coach.live.floor.floor_desk import FloorDesk


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Agents tell the floor with `coach live --publish`. The broker is that of [floor] in the\n"
        "settings. ? shows the keys; docs/floor.md how a broker is set up, and what is sent."
    )
    parser.add_argument(
        "--supervisor", metavar="NAME", help="who acknowledges (default: your login name)"
    )
    parser.add_argument("--settings", type=Path, metavar="FILE", help="another settings file")


def run(args: argparse.Namespace) -> int:
    """Open the screen."""
    settings = load(args.settings)
    access = floor_access(settings)
    supervisor = named(args.supervisor, "--supervisor")[:200]
    if not can_show_screen():
        raise InputError("`coach floor` needs a terminal for its screen.")
    from tui.floor_app import FloorApp  # noqa: PLC0415 - slow

    desk = make_desk(access, supervisor)
    desk.start()
    try:
        app = FloorApp(desk)
        app.run()
    finally:
        desk.stop()
    return app.return_code or Exit.OK


def make_desk(access: FloorAccess, supervisor: str) -> FloorDesk:
    """A desk on the broker, not started yet."""
    from coach.live.floor.broker import BrokerConnection  # noqa: PLC0415 - an optional library
    from coach.live.floor.floor_desk import FloorDesk  # noqa: PLC0415 - likewise

    client = f"coach-floor-{secrets.token_hex(6)}"
    """Two screens of one supervisor's are two clients."""

    def connect(owner: ConnectionOwner, will: Will | None) -> Connection:
        return BrokerConnection(access, client, access.topics.everything(), owner, will)

    return FloorDesk(access.topics, connect, broker=access.name, supervisor=supervisor)
