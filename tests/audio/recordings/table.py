"""Prints what happens to one recording of every kind, when it is run as a script."""

from __future__ import annotations

import tempfile
from pathlib import Path

from kinds_of_ends import ENDS
from kinds_of_files import FILES
from kinds_of_sound import SOUND
from makers import Kind, likeness, opened, played, wanted

from audio.recordings.opening import MIXED_NOTICE
from audio.samples.chunks import SAMPLE_RATE
from coach.errors import InputError

ONE_TRACK = "(One track, which a replay splits by its voices; --no-split leaves it whole.)"
KINDS = [*FILES, *ENDS, *SOUND]


def row(kind: Kind, folder: Path) -> list[str]:
    """What was heard of a kind, and what was said about it."""
    try:
        recording = opened(kind, kind.make(folder))
        sound = played(recording)
    except InputError as error:
        return [f"refused: {str(error).replace(str(folder), '')}"]
    sides = [
        f"{channel.lower()} {len(samples) / SAMPLE_RATE:.2f} s"
        f" ({likeness(samples, wanted(channel, whole=kind.whole)):.3f})"
        for channel, samples in sound.items()
    ]
    # What a reader is told of a track that stays whole; otherwise it is split when it is played.
    seen = [ONE_TRACK if notice == MIXED_NOTICE else notice for notice in recording.notices]
    told = [f"  {notice.replace(str(folder), '')}" for notice in seen]
    return [", ".join(sides), *told]


def main() -> None:
    """Print the table; in brackets, how like each side is to what it was made from."""
    for number, kind in enumerate(KINDS, 1):
        with tempfile.TemporaryDirectory() as folder:
            first, *rest = row(kind, Path(folder))
        print(f"{number:3} {kind.name:40} {first}")
        for line in rest:
            print(f"{'':44} {line}")


if __name__ == "__main__":
    main()
