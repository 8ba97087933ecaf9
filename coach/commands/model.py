"""`coach model`: list, verify and fetch speech models."""

from __future__ import annotations

import argparse
from pathlib import Path

from audio.recognition import model
from coach.errors import Exit
from coach.startup import config
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="show the known models and where each is")
    verify = actions.add_parser(
        "verify", help="hash a model's files and say whether they are right"
    )
    verify.add_argument(
        "model",
        nargs="?",
        metavar="MODEL",
        help="a name or a folder (default: the one in use)",
    )
    fetch = actions.add_parser("fetch", help="bring a model into the cache, verified")
    fetch.add_argument(
        "model",
        nargs="?",
        default=model.DEFAULT,
        metavar="MODEL",
        help="a name from the list",
    )
    trust = actions.add_parser("trust", help="record the hashes of a model of your own")
    trust.add_argument("folder", type=Path, help="the folder that holds model.bin")


def run(args: argparse.Namespace) -> int:
    """Do the chosen action."""
    settings = config.load().model
    match args.action:
        case "list":
            _list(settings.name or model.DEFAULT)
        case "verify":
            chosen = args.model or settings.name or model.DEFAULT
            known = model.installed(Paths.of().models)
            folder = known.get(chosen, Path(chosen).expanduser())
            if chosen in model.CATALOGUE and chosen not in known:
                print(f"{chosen} is not in the cache; `coach model fetch {chosen}` brings it")
                return Exit.MODEL
            print(f"{folder}: every hash is right ({model.verify(folder, ProgressLine())})")
        case "fetch":
            models, offline = Paths.of().models, settings.offline
            folder = model.locate(args.model, ProgressLine(), models=models, offline=offline)
            print(f"{args.model} is ready in {folder}")
        case "trust":
            print(f"hashes written to {model.trust(args.folder, ProgressLine())}")
    return Exit.OK


def _list(in_use: str) -> None:
    cached = model.installed(Paths.of().models)
    for name in sorted(model.CATALOGUE):
        if name in cached:
            where = f"in {cached[name]}"
        elif name == model.DEFAULT and model.wheels() is not None:
            where = "in the data packages; prepared at the first start"
        else:
            where = "not here; `coach model fetch " + name + "` brings it"
        print(f"{'*' if name == in_use else ' '} {name:8} {where}")
    if in_use not in model.CATALOGUE:
        print(f"* {in_use}")
