"""Headerless kinds of sound that telephone systems write.

Nothing in such a file says what it is: its ending does, or the command line. Where an ending
stands for several kinds, the one that sounds is taken (``telephone.KINDS`` by ``pieces``).
"""

from __future__ import annotations

import struct

import msgspec

from coach.errors import InputError


class TelephoneCoding(msgspec.Struct, frozen=True, kw_only=True):
    """One headerless kind."""

    name: str
    """As the command line and notices call it."""
    rate: int
    """Samples a second where nobody says otherwise, Hz."""
    demuxer: str = ""
    """FFmpeg's name of the reader; empty where a WAV header is put in front instead."""
    options: tuple[tuple[str, str], ...] = ()
    rated: bool = True
    """The rate is free; otherwise the codec fixes it."""
    tag: int = 0
    """WAV format tag of the header put in front."""
    bits: int = 16
    """Bits a sample takes."""


KINDS = {
    kind.name: kind
    for kind in (
        TelephoneCoding(name="mulaw", rate=8000, demuxer="mulaw", bits=8),
        TelephoneCoding(name="alaw", rate=8000, demuxer="alaw", bits=8),
        TelephoneCoding(name="s16", rate=8000, demuxer="s16le"),
        TelephoneCoding(name="s16be", rate=8000, demuxer="s16be"),
        TelephoneCoding(name="s8", rate=8000, demuxer="s8", bits=8),
        TelephoneCoding(name="u8", rate=8000, demuxer="u8", bits=8),
        TelephoneCoding(name="g722", rate=16000, demuxer="g722", rated=False, bits=4),
        TelephoneCoding(name="gsm", rate=8000, demuxer="gsm", bits=2),
        # Dialogic's four-bit samples; FFmpeg knows the codec and no reader for bare files.
        TelephoneCoding(name="vox", rate=8000, tag=0x0017, bits=4),
        TelephoneCoding(
            name="g726", rate=8000, demuxer="g726le", options=(("code_size", "4"),), bits=4
        ),
        TelephoneCoding(
            name="g726-aal2", rate=8000, demuxer="g726", options=(("code_size", "4"),), bits=4
        ),
        TelephoneCoding(
            name="g726-16", rate=8000, demuxer="g726le", options=(("code_size", "2"),), bits=2
        ),
        TelephoneCoding(
            name="g726-24", rate=8000, demuxer="g726le", options=(("code_size", "3"),), bits=3
        ),
        TelephoneCoding(
            name="g726-40", rate=8000, demuxer="g726le", options=(("code_size", "5"),), bits=5
        ),
        TelephoneCoding(name="g729", rate=8000, demuxer="g729", rated=False, bits=1),
        TelephoneCoding(name="g723", rate=8000, demuxer="g723_1", rated=False, bits=1),
    )
}
"""Every kind, by its name."""

INTERLEAVED = ("mulaw", "alaw", "s16", "s16be", "s8", "u8")
"""Kinds in which samples of several channels may take turns."""

MOST_INTERLEAVED = 8

_MULAW, _ALAW, _UNSAID = ("mulaw",), ("alaw",), ("s16", "mulaw", "alaw", "s16be")

ENDINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("ulaw", "ul", "mulaw", "mu", "pcmu"), _MULAW),
    **dict.fromkeys(("alaw", "al", "pcma"), _ALAW),
    **dict.fromkeys(("sln", "slin", "s16", "sw"), ("s16",)),
    **{f"sln{thousands}": ("s16",) for thousands in (12, 16, 24, 32, 44, 48, 96, 192)},
    **dict.fromkeys(("raw", "pcm", "lin", "bin"), _UNSAID),
    "g722": ("g722",),
    "gsm": ("gsm",),
    "vox": ("vox",),
    "g726": ("g726", "g726-aal2"),
    "g726-32": ("g726", "g726-aal2"),
    **{f"g726-{rate}": (f"g726-{rate}",) for rate in (16, 24, 40)},
    **dict.fromkeys(("g729", "g729a"), ("g729",)),
    **dict.fromkeys(("g723", "g723_1"), ("g723",)),
}
"""What a name's ending stands for: kinds in order of likelihood."""

_EXACT = {
    "sln12": 12000,
    "sln44": 44100,
    **{f"sln{k}": k * 1000 for k in (16, 24, 32, 48, 96, 192)},
}

WAV_TAGS = {0x0083: "g729", 0x0133: "g729", 0x0134: "g729", 0x0065: "g722", 0x028F: "g722"}
"""WAV format tags whose bytes are those of a headerless kind."""

GUESSED = ("s16", "mulaw", "alaw", "s16be")
"""What the bytes behind a header that lies may be."""


def named_kind(asked: str) -> tuple[TelephoneCoding, int]:
    """The kind that the command line names, and how many channels: ``mulaw`` or ``mulaw:2``.

    Raises InputError where there is no such kind, or it holds one channel only.
    """
    name, _, count = asked.partition(":")
    if name not in KINDS:
        raise InputError(f"There is no kind of sound {name!r}.", f"Say one of {', '.join(KINDS)}.")
    channels = int(count) if count.isdigit() else 0 if count else 1
    if not 1 <= channels <= MOST_INTERLEAVED or (channels > 1 and name not in INTERLEAVED):
        raise InputError(
            f"{asked!r}: {name} does not come with so many channels.",
            f"{', '.join(INTERLEAVED)} may have up to {MOST_INTERLEAVED}, such as mulaw:2.",
        )
    return KINDS[name], channels


def rate_of(ending: str, kind: TelephoneCoding) -> int:
    """Hz that a name's ending stands for."""
    return _EXACT.get(ending, kind.rate)


def wav_header(form: bytes, length: int, *, fact: bytes = b"") -> bytes:
    """A WAV header for ``length`` bytes of sound of the format ``form`` (a fmt chunk's body)."""
    most = 0xFFFF_FFFF
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"\0" * (len(form) % 2)
    if fact:
        chunks += b"fact" + struct.pack("<I", len(fact)) + fact
    whole = min(most, 4 + len(chunks) + 8 + length)
    body = b"WAVE" + chunks + b"data" + struct.pack("<I", min(most, length))
    return b"RIFF" + struct.pack("<I", whole) + body


def header_for(kind: TelephoneCoding, rate: int, length: int) -> bytes:
    """What stands in front of a kind that FFmpeg reads only in a WAV file."""
    width = rate * kind.bits // 8
    return wav_header(struct.pack("<HHIIHHH", kind.tag, 1, rate, width, 256, kind.bits, 0), length)
