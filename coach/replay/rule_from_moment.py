"""From a moment of a call to a tested rule in the team's overlay, for command and screen alike."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from coach.backtest.changes import ChangedCard
from coach.backtest.drafting.draft import RuleWanted, drafted
from coach.backtest.drafting.draft_text import (
    card_lines,
    draft_lines,
    own_lines,
    saved_lines,
    trial_line,
)
from coach.backtest.drafting.kept_talk import kept_lines
from coach.backtest.drafting.moment import picked
from coach.backtest.drafting.saving import rule_entry, save, text_of
from coach.backtest.drafting.trial import Kept, Tell, own_check, tried
from coach.calls.call_files import CallFiles
from coach.calls.journal import read_journal
from coach.calls.scratch_folder import ScratchFolder
from coach.errors import RulesError
from coach.events.lengths import clock
from coach.notes.wording import count_of
from coach.startup.paths import Paths
from coach.startup.rules_in_force import RulesInForce
from rules.books.loader import BadRulesError

STOPPED = "stopped: the rule is kept nowhere"
OVERLAY = "overlay.toml"
"""Beside the settings: where a draft goes while no overlay is in force."""
NEWEST = 200
"""Calls that are searched for what was said alike and that the draft is tried on, unless more are
asked for."""
MOST_RUN = 40
"""Of these, calls with its words in them, which have to be run: some ten seconds of two cores."""


class DraftAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks to be drafted."""

    files: CallFiles
    at: float
    """Call time of the moment, in seconds."""
    words: str = ""
    """Words of a line near it; empty takes the line that is spoken then."""
    wanted: RuleWanted = RuleWanted()
    by: str
    reason: str = ""
    """Why; empty names the moment."""
    into: Path | None = None
    """The overlay it is put into; None takes the last one in force, or makes one."""
    keep: bool = True
    """Whether it is put anywhere."""
    newest: int | None = None
    """So many of the newest calls are searched and tried on, however many have to be run;
    ``NEWEST`` at most, and ``MOST_RUN`` of them run, unless given."""


def rule_from_moment(
    asked: DraftAsked,
    rules: RulesInForce,
    kept: Kept,
    tell: Tell = lambda _done, _of: None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[str]:
    """Draft, try and keep a rule; what came of each step, in lines, as soon as it is known.

    Raises InputError, RulesError or StorageError; then nothing was written.
    """
    file = _into(asked, rules)
    if asked.keep and file not in rules.overlays:  # before anything slow
        _check(text_of(file), file, rules)
    journal = read_journal(asked.files.journal)
    words = picked(journal, asked.at, asked.words)
    parts, book = rules.parts(), rules.load()
    newest = sorted(kept.calls, key=lambda path: path.name, reverse=True)
    newest = newest[: asked.newest or NEWEST]
    yield (f"{words.channel.value.lower()} in {words.call} at {clock(words.at)}: {words.words}")
    said = itertools.takewhile(lambda _line: not stop(), kept_lines(newest))
    try:
        draft = drafted(words, asked.wanted, parts, said, file.name)
    except BadRulesError as error:
        mistakes = "; ".join(f"{one.key}: {one.message}" for one in error.problems)
        raise RulesError(
            f"That draft is no rule: {mistakes}.", "Give --cue, --card, --say or --words otherwise."
        ) from None
    if stop():
        yield STOPPED
        return
    yield from draft_lines(draft, words)
    yield from own_lines(own_check(draft, book))
    most = MOST_RUN if asked.newest is None else None
    of = msgspec.structs.replace(kept, calls=tuple(newest), most_run=most)
    tried_on = 0
    for found in tried(draft, book, of, tell, stop):
        if isinstance(found, ChangedCard):
            yield from card_lines(found)
        elif found.stopped:
            yield STOPPED
            return
        else:
            yield trial_line(found)
            tried_on = found.looked_at
    if tried_on < len(kept.calls):
        of_all = count_of(len(kept.calls), "call")
        yield f"  These are the newest of {of_all}; --newest {len(kept.calls)} takes all."
    reason = asked.reason or f"drafted from {words.call} at {clock(words.at)}"
    entry = rule_entry(draft, asked.by, reason)
    if not asked.keep:
        yield ""
        yield from entry.splitlines()
        return
    saved = save(entry, file, rules.overlays, lambda text: _check(text, file, rules))
    yield from saved_lines(saved)


def _into(asked: DraftAsked, rules: RulesInForce) -> Path:
    """The overlay that the draft is for; beside the settings where they name none."""
    if asked.into is not None:
        return asked.into
    return rules.overlays[-1] if rules.overlays else Paths.of().config / OVERLAY


def _check(text: str, file: Path, rules: RulesInForce) -> None:
    """Read the rules with a text in the place of an overlay. Raises RulesError."""
    with ScratchFolder() as scratch:
        new = scratch.path / file.name
        new.write_text(text, encoding="utf-8")
        same = [one.resolve() == file.resolve() for one in rules.overlays]
        over = tuple(new if is_it else one for one, is_it in zip(rules.overlays, same, strict=True))
        over = over if any(same) else (*over, new)
        msgspec.structs.replace(rules, overlays=over).load()
