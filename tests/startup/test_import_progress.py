"""What an import says while it goes on."""

from __future__ import annotations

from pathlib import Path

from coach.calls.importers.batch import Imported
from coach.calls.importers.in_hand import FileInHand, InHand
from coach.startup.import_progress import progress_line

LONG, SHORT = Path("calls/long.wav"), Path("calls/short.wav")
HALF_A_DAY = 43303.3


def in_hand(**known: float) -> FileInHand:
    fields = {"looked": 0.0, "heard": 0.0, "seconds": 0.0, **known}
    return FileInHand(number=0, **fields)


def test_one_long_file_tells_how_far_it_is() -> None:
    imported = Imported(of=1, sizes={LONG: 700_000_000})
    lines = [
        progress_line(imported, [one], 100.0)
        for one in (
            in_hand(),
            in_hand(looked=0.34),
            in_hand(seconds=HALF_A_DAY),
            in_hand(heard=2700.0, seconds=HALF_A_DAY),
        )
    ]
    assert lines == [
        "0 of 1 file, long.wav: opening",
        "0 of 1 file, long.wav: 34% looked through",
        "0 of 1 file, long.wav: 12:01:43 to be heard",
        "0 of 1 file, long.wav: 45:00 of 12:01:43 heard, 45:00 of calls, 27 times as fast as spoken, 25 min left",  # noqa: E501
    ]


def test_the_time_that_is_left_goes_by_the_size_of_what_took_work() -> None:
    sizes = {LONG: 8_000_000, SHORT: 2_000_000, Path("known.wav"): 5_000_000}
    imported = Imported(of=3, sizes=sizes, calls=1, known=1, seconds=250.0)
    imported.settle(5_000_000, worked=False)
    imported.settle(2_000_000, worked=True)
    line = progress_line(imported, [in_hand(heard=250.0, seconds=1000.0)], 10.0)
    assert line == (
        "2 of 3 files, 0.1 a second, long.wav: 4:10 of 16:40 heard, 8:20 of calls, 50 times as "
        "fast as spoken, 15 s left"
    )


def test_many_small_files_tell_their_pace_once_it_is_one() -> None:
    sizes = {Path(f"{number}.vtt"): 1000 for number in range(1000)}
    early = Imported(of=1000, sizes=sizes, calls=4, seconds=400.0)
    early.settle(4000, worked=True)
    assert progress_line(early, [], 1.0) == (
        "4 of 1,000 files, 4.0 a second, 6:40 of calls, 400 times as fast as spoken"
    )
    later = Imported(of=1000, sizes=sizes, calls=100, seconds=10_000.0)
    later.settle(100_000, worked=True)
    assert progress_line(later, [in_hand(seconds=30.0)], 10.0).endswith(", 2 min left")


def test_each_process_has_a_row_of_its_own() -> None:
    hand = InHand(2)
    first, second = hand.row(), hand.row()
    first.begin(7)
    second.begin(3)
    second.look(0.5)
    first.hear(4.0, 8.0)
    assert [(one.number, one.looked, one.share) for one in hand.files()] == [
        (7, 0.0, 0.5),
        (3, 0.5, 0.0),
    ]
    first.end()
    assert [one.number for one in hand.files()] == [3]
