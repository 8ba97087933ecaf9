"""Where a recording's bytes lie, and why some of them cannot be a recording.

Names are never given to FFmpeg, which takes ``10:15.wav`` for an address and guesses from
endings; it reads through a View of the bytes instead.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Self

from coach.errors import InputError

FORMATS = "WAV, FLAC, MP3, OGG and M4A"

SLOWEST, FASTEST = 1_000, 768_000
"""Hz. No recorder writes outside of this; a damaged header does."""

STANDARD_INPUT = "-"
"""The name that stands for standard input, as in other tools."""

QUIET_FOR = 10.0
"""Seconds without growth after which a followed recording counts as ended: recorders write at
least every few seconds."""

POLL = 0.2
"""Seconds between two looks at a file that is still being written."""

_FARTHEST = 1 << 42
"""Bytes from the beginning beyond which no file goes; some systems refuse to look there."""

_BLOCK = 1 << 16  # bytes taken from a stream at a time
_BEGINNING = 1 << 16
"""Bytes of a followed recording that are waited for before it is looked into: some seconds."""

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)

_UNPACK = "Unpack it and name the recording in it."
_DECRYPT = "Decrypt it and name the recording that comes out."
_EXPORT_STREAMS = "Export the call's streams from it as sound first."
_DOWNLOAD = "Download the recording itself: the address may have asked for a sign-in."
_DETACH = "Save the recording that is attached to it."
_CONVERT = "Export the recording again as WAV."

_OTHER_KINDS = (
    (rb"PK\x03\x04", "a zip archive", _UNPACK),
    (rb"\x1f\x8b", "compressed with gzip", _UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (rb"Rar!", "a RAR archive", _UNPACK),
    (rb"BZh", "compressed with bzip2", _UNPACK),
    (rb"\xfd7zXZ\0", "compressed with xz", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "compressed with zstd", _UNPACK),
    (rb".{257}ustar", "a tar archive", _UNPACK),
    (rb"(?:-----BEGIN PGP|age-encryption\.org/)", "encrypted", _DECRYPT),
    (rb"(?:\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x4d\x3c\xb2\xa1|\xa1\xb2\x3c\x4d|\n\r\r\n)",
        "a network capture", _EXPORT_STREAMS),
    (rb"\s*<(?i:!doctype html|html|\?xml)", "a web page", _DOWNLOAD),
    (rb"(?:MIME-Version|Return-Path|Received|Delivered-To): ", "an e-mail", _DETACH),
    (rb"\xd0\xcf\x11\xe0", "an Outlook message or Office document", _DETACH),
    (rb"%PDF", "a PDF document", _CONVERT),
    (rb"(?:\x89PNG|\xff\xd8\xff|GIF8)", "a picture", _CONVERT),
    (rb"\x02?#!SILK", "SILK sound, for which there is no decoder here", _CONVERT),
    (rb"\x03ds2", "a DS2 dictation, for which there is no decoder here", _CONVERT),
)  # fmt: skip
"""First bytes of what is no recording that can be read, what it is, and what to do."""

_LOOKED_AT = 512  # bytes from the beginning


class Source:
    """The bytes of one recording; every ``view`` of them reads from its own place."""

    def __init__(
        self,
        path: Path,
        *,
        file: BinaryIO | None = None,
        more: Callable[[], bool] | None = None,
    ) -> None:
        """``file`` holds the bytes where ``path`` only names them.

        ``more`` waits for a recording that is still being written; False says it has ended.
        """
        self.path = path
        self.more = more
        self._file = file

    @property
    def follow(self) -> bool:
        """Whether the recording is still being written."""
        return self.more is not None

    @property
    def ended(self) -> str:
        """What ended a recording that was followed, in words that follow its name; else empty."""
        return self.more.ended if isinstance(self.more, Growth) else ""

    @property
    def ending(self) -> str:
        """What follows the last dot of the name, in small letters, without the dot."""
        return self.path.suffix.lower().removeprefix(".")

    def open(self) -> BinaryIO:
        """The bytes from their beginning; the caller reads, ``close_view`` closes."""
        return self._file if self._file is not None else self.path.open("rb")

    def size(self) -> int:
        """Bytes that are there now."""
        if self._file is not None:
            return self._file.seek(0, io.SEEK_END)
        return self.path.stat().st_size

    def read(self, start: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``start``."""
        with self.view(start, start + length) as view:
            return view.read(length)

    def view(
        self,
        start: int = 0,
        end: int | None = None,
        *,
        before: bytes = b"",
        wait: Callable[[], bool] | None = None,
    ) -> View:
        """The bytes from ``start`` to ``end`` behind those of ``before``; see View."""
        view = View(self.open(), start, end, before=before, wait=wait)
        view.own = self._file is None
        return view


class View:
    """A part of a file as a file of its own, as FFmpeg reads it.

    ``wait`` is asked at the end of the bytes: True says that more may have come.
    """

    def __init__(
        self,
        file: BinaryIO,
        start: int,
        end: int | None,
        *,
        before: bytes = b"",
        wait: Callable[[], bool] | None = None,
    ) -> None:
        self.own = True
        """Closing the view closes the file."""
        self.in_order = False
        """FFmpeg is to take it for a stream, of which only the next bytes can be had."""
        self._file = file
        self._start = start
        self._end = end
        self._before = before
        self._wait = wait
        self._at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        if self.own:
            self._file.close()

    def read(self, length: int = -1) -> bytes:
        """The next bytes, at most ``length``; none at the end."""
        if self._at < len(self._before):
            taken = self._before[self._at :][: length if length >= 0 else None]
            self._at += len(taken)
            return taken
        place = self._start + self._at - len(self._before)
        if self._end is not None:
            left = max(0, self._end - place)
            length = left if length < 0 else min(length, left)
        if place > _FARTHEST:
            return b""
        while True:
            self._file.seek(place)
            taken = self._file.read(length)
            if taken or not length or self._wait is None:
                break
            if not self._wait():
                self._wait = None  # FFmpeg asks again at an end, and would wait again
        self._at += len(taken)
        return taken

    def seekable(self) -> bool:
        """Whether FFmpeg may go to any place in it."""
        return not self.in_order

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place; gives it."""
        if whence == io.SEEK_CUR:
            offset += self._at
        elif whence == io.SEEK_END:
            end = self._file.seek(0, io.SEEK_END) if self._end is None else self._end
            offset += end - self._start + len(self._before)
        self._at = max(0, offset)
        return self._at

    def tell(self) -> int:
        """The present place."""
        return self._at


class Growth:
    """Waits for a file that is still being written; asked at its end, over and over."""

    def __init__(
        self,
        size: Callable[[], int],
        *,
        quiet_for: float = QUIET_FOR,
        sleep: Callable[[float], None] = time.sleep,
        replaced: Callable[[], bool] = lambda: False,
    ) -> None:
        """``size`` tells the bytes there are, or raises OSError where the file is gone.

        ``quiet_for`` in seconds. ``replaced``: whether the name now stands for another file.
        """
        self._size = size
        self._replaced = replaced
        self._quiet_for = quiet_for
        self._looks = max(1, round(quiet_for / POLL))
        self._sleep = sleep
        self._largest = 0
        self.ended = ""
        """What ended it, in words that follow its name; empty while it may still grow."""

    @classmethod
    def of(cls, path: Path, *, sleep: Callable[[float], None] = time.sleep) -> Self:
        """The growth of the file that now has this name."""
        first = path.stat()

        def replaced() -> bool:
            return not os.path.samestat(first, path.stat())

        return cls(lambda: path.stat().st_size, sleep=sleep, replaced=replaced)

    def __call__(self) -> bool:
        """Wait for more; False, from then on, once it has ended."""
        if self.ended:
            return False
        try:
            return self._grows()
        except OSError:
            self.ended = "was removed"
            return False

    def _grows(self) -> bool:
        before = self._size()
        for _ in range(self._looks):
            self._sleep(POLL)
            size = self._size()
            if self._replaced():
                self.ended = "was replaced by another file of that name"
            elif size < self._largest or size < before:
                self.ended = "was begun anew"
            if self.ended:
                return False
            self._largest = max(self._largest, size)
            if size > before:
                return True
        self.ended = f"has not grown for {self._quiet_for:.0f} seconds"
        return False


def find_source(
    path: Path, *, follow: bool = False, sleep: Callable[[float], None] = time.sleep
) -> Source:
    """Look at what a name stands for; raises InputError, with the remedy, where it is no sound.

    Of a recording that is to be followed the beginning is waited for, with ``sleep``. ``-`` is
    standard input, which must have been spooled: see ``spool``.
    """
    if not path.exists():
        if _ADDRESS.match(str(path)):
            raise InputError(
                f"{_ADDRESS.sub(_whole, str(path))} is an address, and Coach reads files only.",
                "Save it to a file first.",
            )
        raise InputError(f"{path}: there is no such file.", "Check the name.")
    if path.is_dir():
        raise InputError(f"{path} is a folder.", f"Name one recording: {FORMATS} are read.")
    if not path.is_file():
        raise InputError(
            f"{path} is no file but a pipe or device.",
            "Save the sound to a file first, or pipe it to Coach and name it `-`: a recording "
            "is read more than once.",
        )
    source = Source(path, more=Growth.of(path, sleep=sleep) if follow else None)
    try:
        while source.more and source.size() < _BEGINNING and source.more():
            pass
        opening = source.read(0, _LOOKED_AT)
    except PermissionError as error:
        raise InputError(f"{path} may not be read.", "Change its permissions.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Copy it anew.") from error
    refuse_other_kinds(path, opening)
    return source


def _whole(address: re.Match[str]) -> str:
    """Paths lose one of two slashes."""
    return address[0] + "/"


def spool(stream: io.BufferedReader, *, follow: bool = False) -> Source:
    """Take in a stream, so that it can be read more than once; with ``follow`` as it comes.

    It goes to a file without a name, which is gone when the program ends.
    """
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - kept open

    def more() -> bool:
        block = stream.read1(_BLOCK)
        file.seek(0, io.SEEK_END)
        file.write(block)
        return bool(block)

    while (not follow or file.tell() < _BEGINNING) and more():
        pass
    source = Source(Path("standard input"), file=file, more=more if follow else None)
    weakref.finalize(source, file.close)
    refuse_other_kinds(source.path, source.read(0, _LOOKED_AT))
    return source


def refuse_other_kinds(path: Path, opening: bytes) -> None:
    """Raise InputError where the first bytes are those of something else than sound."""
    if not opening:
        raise InputError(f"{path} is empty.", "Export the recording again.")
    for magic, kind, remedy in _OTHER_KINDS:
        if re.match(magic, opening, re.DOTALL):
            raise InputError(f"{path} is {kind}.", remedy)


def unreadable(path: Path, why: str) -> InputError:
    """The error for a file that holds no sound that can be read."""
    return InputError(
        f"{path} cannot be read as a recording: {why}.",
        f"{FORMATS} are read; export the recording again in one of them. A file without a "
        "header is read with --raw KIND --rate HZ.",
    )
