"""Tells sound that comes in frames without any header before them: MP3 and its kin, AAC, AC-3."""

from __future__ import annotations

from collections.abc import Callable

ENOUGH = 4
"""Frames that follow each other as each of them says. By chance that stands in a thousand
million million bytes once."""

_BITS_1 = (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
_BITS_2 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_BITS_3 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_LOW_1 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_LOW_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_KBITS = {
    (3, 3): _BITS_1, (3, 2): _BITS_2, (3, 1): _BITS_3,
    (2, 3): _LOW_1, (2, 2): _LOW_2, (2, 1): _LOW_2,
    (0, 3): _LOW_1, (0, 2): _LOW_2, (0, 1): _LOW_2,
}  # fmt: skip
"""Thousand bits a second by version (3 is 1, 2 is 2, 0 is 2.5) and layer (3 is 1, 1 is 3), in the
order of their number in a frame's header."""

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Hz, by version."""

_AC3_KBITS = (
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640
)  # fmt: skip
_AC3_RATES = (48000, 44100, 32000)


def are_frames(opening: bytes) -> bool:
    """Whether bytes are frames of one kind from the first on."""
    return any(_follow(opening, length) for length in (_mpeg, _adts, _ac3))


def _follow(opening: bytes, length_at: Callable[[bytes, int], int]) -> bool:
    at = 0
    for _ in range(ENOUGH):
        length = length_at(opening, at)
        if not length:
            return False
        at += length
    return True


def _mpeg(data: bytes, at: int) -> int:
    """Bytes of the frame of MPEG sound, layer 1 to 3, that begins here; 0 where none does."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, bits = head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or layer == 0 or rate == 3 or bits in (0, 15):
        return 0
    hertz = _RATES[version][rate]
    padding = head[2] >> 1 & 1
    per_second = 1000 * _KBITS[version, layer][bits]
    if layer == 3:
        return (12 * per_second // hertz + padding) * 4
    samples = 72 if layer == 1 and version != 3 else 144
    return samples * per_second // hertz + padding


def _adts(data: bytes, at: int) -> int:
    """The same of AAC."""
    head = data[at : at + 7]
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


def _ac3(data: bytes, at: int) -> int:
    """The same of AC-3."""
    head = data[at : at + 5]
    if len(head) < 5 or head[:2] != b"\x0b\x77":
        return 0
    rate, size = head[4] >> 6, head[4] & 63
    if rate == 3 or size // 2 >= len(_AC3_KBITS):
        return 0
    words = _AC3_KBITS[size // 2] * 96000 // _AC3_RATES[rate]
    return 2 * (words + (size & 1 if rate == 1 else 0))
