"""A piece of a recording opened by FFmpeg, or why it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import av
import av.error

from .heads import MP4_ATOMS
from .pieces import RecordingPiece
from .source import Source, View, unreadable

_BUFFER = 1 << 16  # bytes FFmpeg asks for at a time


class OpenedContainer:
    """A container and the view it reads, closed together."""

    def __init__(
        self, source: Source, piece: RecordingPiece, wait: Callable[[], bool] | None = None
    ) -> None:
        self._view = source.view(piece.start, piece.end, before=piece.before, wait=wait)
        self._view.in_order = piece.in_order
        try:
            self._container = _container(source, piece, self._view)
        except BaseException:
            self._view.close()
            raise

    def __enter__(self) -> Any:
        return self._container

    def __exit__(self, *_: object) -> None:
        self._container.close()
        self._view.close()


def _container(source: Source, piece: RecordingPiece, view: View) -> Any:
    try:
        return av.open(
            view,
            format=piece.demuxer or None,
            options=dict(piece.options),
            buffer_size=_BUFFER,
            metadata_errors="ignore",
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise unreadable(source.path, _why_not(source.read(piece.start, 8))) from error


def _why_not(opening: bytes) -> str:
    if opening[4:8] in MP4_ATOMS:
        return "its index is missing, which such a file has at its end: it was never finished"
    if opening.startswith((b"FORM", b"riff")):
        return "its header is damaged, or was never finished"
    return "its contents are not sound, or its end is missing"
