"""`coach bench`: measure transcription on recordings, and find the model that fits a machine."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from audio.listening.listener import ListenerSettings
from audio.recognition.model import CATALOGUE, DEFAULT, installed, locate
from audio.recognition.transcriber import Transcriber, TranscriberSettings
from coach.calls.language_watch import checked
from coach.calls.scratch_folder import ScratchFolder
from coach.errors import DeviceError, Exit, InputError
from coach.notes.wording import count_of
from coach.sample import CALL
from coach.startup.config import load
from coach.startup.figures import MOST_PROCESSES, count
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine
from coach.startup.vocabulary import read_vocabulary

COLUMNS = (
    ("wer", "WER %", "{:.1f}"),
    ("missed_share", "missed %", "{:.1f}"),
    ("insertions", "inserted", "{}"),
    ("lag_p50", "lag p50", "{:.2f}"),
    ("lag_p95", "lag p95", "{:.2f}"),
    ("draft_lag_p50", "draft p50", "{:.2f}"),
    ("load", "load", "{:.2f}"),
    ("rss_mb", "MB", "{:.0f}"),
    ("heard", "words", "{}"),
    ("trusted", "trusted", "{}"),
)
"""Field, heading and format; lags in seconds, load in processor seconds per second of call."""

BATCH_COLUMNS = (
    *COLUMNS[:3],
    ("load", "load", "{:.3f}"),
    ("hours_per_hour", "hours/h", "{:.1f}"),
    ("peak_mb", "peak MB", "{:.0f}"),
    ("heard", "words", "{}"),
)
"""Of hearing by whole phrases; see ``coach.bench.batch.BatchFigures``."""

SPLIT_COLUMNS = (
    ("right", "right %", "{:.1f}"),
    ("first_minute", "minute %", "{:.1f}"),
    ("sure", "named %", "{:.1f}"),
    ("right_of_sure", "of them %", "{:.1f}"),
    ("coverage", "heard %", "{:.1f}"),
    ("seconds", "seconds", "{:.1f}"),
    ("alike", "alike", "{:.2f}"),
    ("turns", "turns", "{}"),
    ("load", "load", "{:.4f}"),
)
"""Of speech that went to the right person, in all and in the first minute; see
``coach.bench.splitting.SplitFigures``."""

ROOM = 0.5
"""A model keeps up with room to spare while it needs no more than half of the cores."""

LAG_BOUND = 2.2
"""And while 95 % of its words are committed within this many seconds."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=CALL,
        help="recordings (or one), each with a reference of the same name ending in .tsv "
        "beside it; default: the bundled sample call",
    )
    parser.add_argument(
        "--clock",
        choices=("virtual", "real"),
        default="virtual",
        help="virtual: play the measured computing out on --cores cores, as fast as it goes; "
        "real: at the recording's own pace",
    )
    parser.add_argument(
        "--cores",
        type=count("Leave it out for 2.", most=MOST_PROCESSES),
        default=2,
        help="cores of the virtual machine",
    )
    parser.add_argument(
        "--runs",
        type=count("Leave it out for one."),
        default=1,
        help="report medians of so many runs",
    )
    parser.add_argument(
        "--reference",
        action="store_true",
        help="also measure plain faster-whisper on each whole file",
    )
    parser.add_argument(
        "--batch",
        action="store_true",
        help="measure how `coach import` hears recordings, by whole phrases, and plain "
        "faster-whisper: processor seconds per second of call, hours an hour on --cores cores",
    )
    parser.add_argument(
        "--backtest",
        type=count("200 are as many as a backtest draws."),
        metavar="CALLS",
        help="measure `coach backtest` instead, on so many made-up kept calls of ten minutes: "
        "processor time a call by part, memory; with --reference beside a plain loop over "
        "full replays",
    )
    parser.add_argument(
        "--recommend", action="store_true", help="try the models at hand; say which to use here"
    )
    parser.add_argument(
        "--split",
        choices=("turns", "live", "words"),
        default=None,
        help="mix each recording to one track and split it by its voices: measure whose the "
        "turns are, the same as it goes by (as `coach live --mixed` does it), or the words",
    )
    parser.add_argument("--model", metavar="MODEL", help="speech model: a name or a folder")
    parser.add_argument("--language", metavar="CODE", default="en", help="or `auto`")
    parser.add_argument("--vocabulary", type=Path, metavar="FILE", help="names to expect")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    if args.backtest is not None:
        return _measure_backtest(args)
    _check_scoring()
    args.language = checked(args.language, model=args.model or load().model.name or DEFAULT)
    if args.batch:
        return _measure_batch(args)
    if args.split in ("turns", "live"):
        return _measure_turns(args)
    return _recommend(args) if args.recommend else _measure(args)


def _measure_backtest(args: argparse.Namespace) -> int:
    from coach.bench.backtesting import measure  # noqa: PLC0415 - with the engine
    from coach.bench.kept_calls import keep_calls  # noqa: PLC0415 - likewise
    from rules.books.loader import load_book  # noqa: PLC0415 - likewise

    if args.runs > 1 or args.recommend or args.split or args.batch or args.clock == "real":
        raise InputError("--backtest goes with no other way of measuring.", "Leave it out.")
    progress, book, paths = ProgressLine(), load_book(), []
    with ScratchFolder() as scratch:
        for path in keep_calls(scratch.path, book, args.backtest):
            paths.append(path)
            progress("keeping made-up calls", len(paths) / args.backtest)
        figures = measure(paths, book, plain=args.reference)
    thousand = figures.thousand_s(args.cores)
    if args.json:
        more = {"call_ms": figures.call_ms, "cores": args.cores, "thousand_s": thousand}
        print_json({**msgspec.structs.asdict(figures), **more})
        return Exit.OK
    print(
        f"{count_of(figures.calls, 'kept call')} of ten minutes under two sets of rules: "
        f"{figures.call_ms:.0f} ms of processor time each (reading {figures.read_ms:.0f}, the "
        f"engine {figures.run_ms:.0f}, the rest {figures.rest_ms:.0f}); {figures.peak_mb:.0f} MB.\n"
        f"1,000 such calls: {thousand:.0f} s on {count_of(args.cores, 'free core')}."
    )
    if figures.plain_ms is not None:
        alike = "the same results" if figures.same else "OTHER RESULTS"
        print(f"A plain loop over full replays: {figures.plain_ms:.0f} ms each, {alike}.")
    return Exit.OK if figures.same is not False else Exit.FAILED


def _check_scoring() -> None:
    """The normaliser is an extra: only the bench needs it."""
    try:
        import coach.bench.accuracy  # noqa: F401, PLC0415 - needs the extra
    except ImportError:
        raise DeviceError(
            "Scoring needs the text normaliser.", "Install it: pip install 'callcoach[bench]'."
        ) from None


def _measure(args: argparse.Namespace) -> int:
    from coach.bench import transcription  # noqa: PLC0415 - after the check for the extra

    files = transcription.recordings(args.folder)
    progress = ProgressLine()
    settings = load()
    wanted, models = args.model or settings.model.name, Paths.of().models
    folder = locate(wanted, progress, models=models, offline=settings.model.offline)
    runs = [_one_run(args, folder, files, progress) for _ in range(args.runs)]
    per_file = [
        transcription.median([transcription.condense(file.stem, [one[i]]) for one in runs])
        for i, file in enumerate(files)
    ]
    total = transcription.median([transcription.condense("total", one) for one in runs])
    answer: dict[str, Any] = {
        "model": str(args.model or settings.model.name or DEFAULT),
        "clock": args.clock,
        "cores": args.cores,
        "runs": args.runs,
        "files": per_file,
        "total": total,
    }
    rows = [*per_file, total]
    if args.reference:
        rows.append(_reference(args, folder, files, progress))
        answer["reference"] = rows[-1]
    if args.json:
        print_json(answer)
    else:
        print_table(rows)
    return Exit.OK


def _one_run(
    args: argparse.Namespace, folder: Path, files: Sequence[Path], progress: ProgressLine
) -> list[Any]:
    from coach.bench import transcription  # noqa: PLC0415
    from coach.bench.clocks import Machine  # noqa: PLC0415
    from coach.bench.splitting import split_for  # noqa: PLC0415

    vocabulary = read_vocabulary(args.vocabulary) if args.vocabulary else ""
    transcriber = Transcriber(folder, TranscriberSettings(vocabulary=vocabulary))
    language = None if args.language == "auto" else args.language
    settings = ListenerSettings(language=language)
    machine = Machine(cores=args.cores) if args.clock == "virtual" else None
    heard = []
    for index, file in enumerate(files):
        progress(f"measuring {file.stem}", index / len(files))
        if args.split:
            sound: Any = split_for(file)
            heard.append(transcription.hear_sound(file, sound, transcriber, settings, machine))
        else:
            heard.append(transcription.hear(file, transcriber, settings, machine))
    progress("measured", 1.0)
    return heard


def _measure_batch(args: argparse.Namespace) -> int:
    from coach.bench import transcription  # noqa: PLC0415 - after the check for the extra
    from coach.bench.batch import batch_figures, hear_whole  # noqa: PLC0415
    from coach.bench.memory import peak_mb  # noqa: PLC0415

    if args.runs > 1 or args.recommend or args.split or args.clock == "real":
        raise InputError("--batch goes with no other way of measuring.", "Leave the others out.")
    files = transcription.recordings(args.folder)
    progress = ProgressLine()
    settings = load()
    wanted, models = args.model or settings.model.name, Paths.of().models
    folder = locate(wanted, progress, models=models, offline=settings.model.offline)
    vocabulary = read_vocabulary(args.vocabulary) if args.vocabulary else ""
    transcriber = Transcriber(folder, TranscriberSettings(vocabulary=vocabulary, workers=1))
    language = None if args.language == "auto" else args.language
    heard = []
    for index, file in enumerate(files):
        progress(f"hearing {file.stem}", index / len(files))
        heard.append(hear_whole(file, transcriber, ListenerSettings(language=language)))
    peak = peak_mb()
    progress("heard", 1.0)
    rows = [batch_figures(one.name, [one], cores=args.cores, peak_mb=one.rss_mb) for one in heard]
    rows.append(batch_figures("total", heard, cores=args.cores, peak_mb=peak))
    plain = _plain(args, folder, files, progress)
    rows.append(batch_figures(plain[0], plain[1], cores=args.cores, peak_mb=None))
    if args.json:
        names = {"model": str(wanted or DEFAULT), "cores": args.cores}
        print_json({**names, "files": rows[:-2], "total": rows[-2], "reference": rows[-1]})
    else:
        print_table(rows, BATCH_COLUMNS)
    return Exit.OK


def _measure_turns(args: argparse.Namespace) -> int:
    from coach.bench import transcription  # noqa: PLC0415 - after the check for the extra
    from coach.bench.splitting import measure  # noqa: PLC0415

    files = transcription.recordings(args.folder)
    rows = [measure(file, live=args.split == "live") for file in files]
    rights = [row.right for row in rows]
    mean, worst = sum(rights) / len(rights), min(rights)
    if args.json:
        print_json({"files": rows, "right_mean": round(mean, 1), "right_worst": worst})
        return Exit.OK
    print_table(rows, SPLIT_COLUMNS)
    print(f"right: {mean:.1f} % on average, {worst:.1f} % at worst")
    return Exit.OK


def _reference(
    args: argparse.Namespace, folder: Path, files: Sequence[Path], progress: ProgressLine
) -> Any:
    from coach.bench import transcription  # noqa: PLC0415

    return transcription.condense(*_plain(args, folder, files, progress))


def _plain(
    args: argparse.Namespace, folder: Path, files: Sequence[Path], progress: ProgressLine
) -> tuple[str, list[Any]]:
    """Plain faster-whisper on each whole file, under its name."""
    from faster_whisper import WhisperModel  # noqa: PLC0415 - already loaded by the transcriber

    from coach.bench import transcription  # noqa: PLC0415

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    language = None if args.language == "auto" else args.language
    heard = []
    for index, file in enumerate(files):
        progress(f"faster-whisper on {file.stem}", index / len(files))
        heard.append(transcription.offline(file, model, language))
    progress("measured", 1.0)
    return "plain faster-whisper", heard


def _recommend(args: argparse.Namespace) -> int:
    """The largest model at hand that keeps up with room to spare."""
    from coach.bench import transcription  # noqa: PLC0415

    files = transcription.recordings(args.folder)
    progress = ProgressLine()
    models = Paths.of().models
    at_hand = installed(models) | {DEFAULT: locate(DEFAULT, progress, models=models)}
    by_size = sorted(at_hand, key=lambda name: (at_hand[name] / "model.bin").stat().st_size)
    rows = []
    fitting = []
    for name in by_size:
        figures = transcription.condense(name, _one_run(args, at_hand[name], files, progress))
        rows.append(figures)
        if figures.load <= ROOM * args.cores and (figures.lag_p95 or 0.0) <= LAG_BOUND:
            fitting.append(name)
    best = fitting[-1] if fitting else None
    if args.json:
        print_json({"models": rows, "recommended": best})
        return Exit.OK if best else Exit.FAILED
    print_table(rows)
    absent = ", ".join(name for name in CATALOGUE if name not in at_hand)
    if absent:
        print(f"not tried, because not here: {absent} (`coach model fetch NAME`)")
    if best is None:
        print(f"no model keeps up on {args.cores} cores; use the smallest and expect late words")
        return Exit.FAILED
    print(f"use {best}: the largest that keeps up on {args.cores} cores with room to spare")
    return Exit.OK


def print_table(rows: Sequence[Any], columns: Sequence[tuple[str, str, str]] = COLUMNS) -> None:
    """The figures, one line a file."""
    width = max(len(row.name) for row in rows)
    print(" ".join([" " * width, *(f"{heading:>9}" for _, heading, _ in columns)]))
    for row in rows:
        values = msgspec.structs.asdict(row)
        cells = [
            form.format(values[field]) if values[field] is not None else "-"
            for field, _, form in columns
        ]
        print(" ".join([f"{row.name:{width}}", *(f"{cell:>9}" for cell in cells)]))
    sys.stdout.flush()


def print_json(value: object) -> None:
    """Print one value as JSON."""
    print(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))
