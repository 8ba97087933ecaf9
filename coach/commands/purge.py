"""`coach purge`: forget calls, and prove it."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from coach.calls.about import CallKind
from coach.calls.importers.sealed import sealed_before
from coach.calls.journal_gathering import printable
from coach.calls.library import Library
from coach.calls.listing import local
from coach.calls.overlay_versions import VERSIONS
from coach.calls.periods import age, local_now
from coach.calls.purge_proof import Proof, prove, words_of
from coach.calls.retention import (
    Purged,
    PurgePlan,
    Reason,
    choose,
    delete,
    hold,
    purge,
    read_purged,
    release,
)
from coach.calls.search_query import FoundCall, Query
from coach.commands.calls import update
from coach.errors import CoachError, Exit, InputError
from coach.notes.wording import count_of
from coach.startup.config import load
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine
from coach.startup.wall_clock import wall_clock


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "A call goes with all that belongs to it: journal, sound, marks, scores, notes, and its "
        "words in the index.\n--older-than also forgets what imports that were stopped so long ago "
        "keep to go on from.\nAfterwards every file of the data folder is searched for what was "
        "said, and the team's rules,\nwhich may quote a call that they were drafted from. What was "
        "written elsewhere (--journal FILE,\nexports, copies, backups) is not reached."
    )
    which = parser.add_argument_group("which calls (all that is said must hold)")
    which.add_argument("--older-than", metavar="AGE", help="begun longer ago, such as 30d or 12w")
    which.add_argument("--caller", metavar="REF", help="with this caller reference")
    which.add_argument("--call", action="append", default=[], metavar="CALL", help="this call")
    parser.add_argument("--dry-run", action="store_true", help="say what would be purged")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--hold", metavar="CALL", help="keep a call, whatever is purged")
    other.add_argument("--release", metavar="CALL", help="take a hold back")
    other.add_argument("--list", action="store_true", help="list what was purged")
    parser.add_argument("--because", metavar="TEXT", help="with --hold: the reason")


def run(args: argparse.Namespace) -> int:
    """Hold, release, list or purge."""
    paths = Paths.of()
    now = wall_clock()
    if bool(args.because) != bool(args.hold):
        raise InputError("--hold and --because go together.", "Say which call, and why.")
    chosen_by = (args.older_than, args.caller, args.call)
    if (args.hold or args.release or args.list) and any(chosen_by):
        raise InputError(
            "--hold, --release and --list purge nothing.",
            "Leave --older-than, --caller and --call out, or purge by itself.",
        )
    if args.hold:
        hold(paths.calls, args.hold, args.because, now)
        print(f"{args.hold} is held: {args.because}")
        return Exit.OK
    if args.release:
        release(paths.calls, args.release)
        print(f"{args.release} is no longer held.")
        return Exit.OK
    if args.list:
        return _list(read_purged(paths.purged))
    query, because = _asked(args)
    with Library(paths.calls, paths.library) as library:
        update(library)
        chosen = choose(library, query, args.call)
        _tell(chosen)
        _purge_unfinished(paths.importing, query, args)
        if args.dry_run or not chosen.calls or not _agreed(args, len(chosen.calls)):
            return Exit.OK
        taken = words_of(library, [call.call for call in chosen.calls])
        progress = ProgressLine()
        gone = purge(
            library,
            chosen.calls,
            paths.purged,
            Reason(because, now),
            tell=lambda done: progress("purging", done / len(chosen.calls)),
        )
        files = count_of(sum(one.files for one in gone), "file")
        print(f"{count_of(len(gone), 'call')} purged, {files}.")
        return _proven(prove(library, [paths.data, *_rule_files(paths)], taken, paths.purged))


def _purge_unfinished(folder: Path, query: Query, args: argparse.Namespace) -> None:
    """Forget what imports that were stopped long ago keep to go on from: it belongs to no call."""
    if query.until is None or query.caller is not None or args.call:
        return
    left = sealed_before(folder, query.until)
    if not left:
        return
    if not args.dry_run:
        delete(left)
    what = count_of(len(left), "part")
    print(f"{what} heard by an import that was stopped before, and belonging to no call yet.")


def _rule_files(paths: Paths) -> list[Path]:
    """The configuration, and overlays that lie elsewhere, with the versions that were kept."""
    files = [paths.config]
    with contextlib.suppress(CoachError):  # settings with a mistake name no overlay
        for overlay in load().rules.overlay:
            files += [overlay, overlay.with_name(f"{overlay.name}{VERSIONS}")]
    return files


def _asked(args: argparse.Namespace) -> tuple[Query, str]:
    """What is to go, and in words why."""
    if args.caller is not None and not args.caller.strip():
        raise InputError("--caller names nobody.", "Without it calls of all callers are meant.")
    reasons = []
    until = None
    if args.older_than is not None:
        until = (local_now() - age(args.older_than)).timestamp()
        reasons.append(f"older than {args.older_than}")
    if args.caller:
        reasons.append("by caller")
    if args.call:
        reasons.append("by name")
    if not reasons:
        raise InputError(
            "Nothing says which calls are to go.", "Give --older-than, --caller or --call."
        )
    return Query(until=until, caller=args.caller), ", ".join(reasons)


def _tell(chosen: PurgePlan) -> None:
    for call in chosen.calls:
        print(_named(call))
    for call in chosen.held:
        print(f"{_named(call)}  kept, it is held: {call.held}")
    for call in chosen.going_on:
        print(f"{_named(call)}  kept, it is still going on")
    if not chosen.calls:
        print("No call is to be purged.")


def _named(call: FoundCall) -> str:
    return printable(f"{call.call}  {local(call.started)}  {call.kind.value}")


def _agreed(args: argparse.Namespace, count: int) -> bool:
    if args.yes:
        return True
    if not sys.stdin.isatty():
        raise InputError("Nobody can be asked here.", "Say --yes to purge without a question.")
    answer = input(f"Purge {count_of(count, 'call')} for ever? [y/N] ")
    return answer.strip().lower() in ("y", "yes")


def _proven(proof: Proof) -> int:
    names, sentences = count_of(proof.calls, "name"), count_of(proof.sentences, "sentence")
    print(
        f"Searched {count_of(proof.files, 'file')} ({proof.size / 1e6:.1f} MB) of "
        f"{Paths.of().data} and of the rules for {names} and {sentences}, and the index for "
        f"{count_of(proof.words, 'single word')}."
    )
    if proof.shared:
        print(f"Said in remaining calls, too: {count_of(proof.shared, 'further sentence')}.")
    for trace in proof.found:
        print(f"LEFT in {trace.path}: {trace.text!r}")
    print("Nothing of them is left." if not proof.found else "Not everything is gone.")
    return Exit.FAILED if proof.found else Exit.OK


def _list(purged: tuple[Purged, ...]) -> int:
    for one in purged:
        size = f"{count_of(one.files, 'file')}, {one.size} bytes"
        when = f"purged {local(one.purged)}"
        print(f"{one.call}  {local(one.started)}  {one.kind}  {when}: {one.because}  ({size})")
    kinds = ", ".join(
        f"{count} {kind.value}"
        for kind in CallKind
        if (count := sum(one.kind == kind.value for one in purged))
    )
    print(f"{count_of(len(purged), 'call')} purged{f': {kinds}' if kinds else ''}.")
    return Exit.OK
