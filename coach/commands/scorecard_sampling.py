"""`coach scorecard sample`: draw calls to be scored, fairly and open to an audit."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from coach.calls.library import Library
from coach.calls.periods import local_now, period
from coach.calls.scorecards.frame import (
    LENGTHS_S,
    Strata,
    audited,
    framed,
    keep_sample,
    traits_of,
)
from coach.calls.scorecards.printed import sample_lines
from coach.calls.scorecards.sampling import Allocation, Plan, Sample, draw
from coach.calls.scorecards.scorecard import scored_calls
from coach.calls.search import search
from coach.calls.search_query import FoundCall, Query
from coach.calls.whole_file import check_folder
from coach.commands.calls import update
from coach.commands.scorecard_filling import leave_out
from coach.errors import Exit, InputError
from coach.startup.figures import count
from coach.startup.paths import Paths
from coach.startup.typed_ranges import seconds_typed


def configure(actions: Any) -> None:
    """Declare the action and its options."""
    sub = actions.add_parser(
        "sample",
        help="draw calls to be scored, the same again for the same seed",
        description="Draw so many calls of each agent and week. Live and imported calls that have "
        "an end and an agent can be drawn.",
    )
    sub.add_argument(
        "--per-agent",
        type=count("Say how many calls."),
        metavar="N",
        help="calls of each agent and week",
    )
    sub.add_argument(
        "--week",
        action="append",
        default=[],
        metavar="WHEN",
        help="2026-W48, last-week; repeatable",
    )
    sub.add_argument("--seed", metavar="TEXT", help="any number or text; it decides the draw")
    sub.add_argument(
        "--by", default="level,length,cue", metavar="TRAITS", help="strata (default: all three)"
    )
    sub.add_argument(
        "--allocate",
        choices=[way.value for way in Allocation],
        default=Allocation.PROPORTIONAL.value,
        help="proportional: every call the same chance; equal: the strata take turns",
    )
    sub.add_argument(
        "--lengths", metavar="LIST", help="where lengths are divided (default: 180s,600s)"
    )
    sub.add_argument("--cue", default="", metavar="RULE", help="divide by this rule's matches")
    sub.add_argument("--agent", metavar="NAME", help="of this agent only")
    sub.add_argument("--at-least", default="0s", metavar="LENGTH", help="leave shorter calls out")
    sub.add_argument("--unscored", action="store_true", help="leave scored calls out")
    sub.add_argument("--save", type=Path, metavar="FILE", help="keep the draw for an audit (JSON)")
    sub.add_argument("--check", type=Path, metavar="FILE", help="draw a kept sample again")
    sub.set_defaults(act=_sample)


def _sample(args: argparse.Namespace) -> int:
    if args.check is not None:
        return _check(args.check)
    if args.per_agent is None or args.seed is None or not args.week:
        raise InputError(
            "A sample needs --per-agent, --week and --seed.",
            "Such as --per-agent 3 --week last-week --seed 7.",
        )
    if args.save is not None:
        check_folder(args.save)
    sample = _drawn(args)
    if args.save is not None:  # first, since the printing may be cut short
        keep_sample(args.save, sample)
    print("\n".join(sample_lines(sample)))
    if args.save is not None:
        print(f"Kept in {args.save}; `coach scorecard sample --check {args.save}` draws it again.")
    return Exit.OK


def _drawn(args: argparse.Namespace) -> Sample:
    paths = Paths.of()
    strata = Strata(by=traits_of(args.by), lengths_s=_lengths(args.lengths), cue=args.cue)
    with Library(paths.calls, paths.library, in_memory=True) as library:
        update(library)
        calls: dict[str, FoundCall] = {}
        with_cue: set[str] = set()
        for since, until in _weeks(args.week):
            query = Query(since=since, until=until, agent=args.agent, most=None)
            calls |= {call.call: call for call in search(library, query).calls}
            if args.cue:
                cued = msgspec.structs.replace(query, cues=(args.cue,))
                with_cue |= {call.call for call in search(library, cued).calls}
    strata = msgspec.structs.replace(strata, with_cue=frozenset(with_cue))
    scored = _scored(paths.calls) if args.unscored else set()
    frame, excluded = framed(calls.values(), strata, scored, _seconds(args.at_least))
    plan = Plan(
        seed=args.seed,
        per_agent=args.per_agent,
        allocation=Allocation(args.allocate),
        by=strata.in_words(),
    )
    return draw(plan, frame, excluded)


def _weeks(words: list[str]) -> list[tuple[float, float]]:
    """Periods as seconds since 1970."""
    spans = (period(word, local_now()) for word in words)
    return [(since.timestamp(), until.timestamp()) for since, until in spans]


def _scored(calls: Path) -> set[str]:
    """Calls that somebody has submitted a scorecard for, blind ones aside."""
    return {
        call
        for call, cards in scored_calls(calls, leave_out)
        if any(card.submitted is not None and not card.blind for card in cards)
    }


def _lengths(text: str | None) -> tuple[float, ...]:
    if text is None:
        return LENGTHS_S
    bounds = tuple(_seconds(part) for part in text.split(","))
    if any(above <= below for below, above in zip((0.0, *bounds), bounds, strict=False)):
        raise InputError(f"--lengths {text!r} does not go upwards.", "Such as 3m,10m.")
    return bounds


def _seconds(text: str) -> float:
    try:
        length = seconds_typed(text.strip())
    except ValueError:
        length = -1.0
    if length < 0.0:
        raise InputError(f"{text!r} is no length.", "Such as 90s, 3m or 1h.")
    return length


def _check(path: Path) -> int:
    """Draw a kept sample again; 1 where another one comes out."""
    sample, differing = audited(path)
    print("\n".join(sample_lines(sample)))
    if differing:
        print(f"NOT the draw of its seed: {', '.join(sorted(differing))} differ.")
        return Exit.FAILED
    print("Drawn again: the same calls.")
    return Exit.OK
