"""What is known about a call besides what was said in it: its kind, agent, queue, tags, caller.

What was known when the call began stands in its journal's header. A journal is never changed, so
what is learned or corrected later lies beside it (``CALL.about.json``) and is laid over it.
"""

from __future__ import annotations

import enum
from pathlib import Path

import msgspec

from coach.calls.redaction.typed_words import masked_reference, masked_text, without_cards
from coach.calls.whole_file import OWNERS, write_whole
from coach.errors import UNREADABLE, InputError, StorageError, cause_of

DEMO_SOURCE = "sample call"
"""``CallStarted.source`` of the bundled call."""


class CallKind(enum.StrEnum):
    """How a call came into the library."""

    LIVE = "live"
    """It was coached as it happened."""
    IMPORT = "import"
    """A recording or a transcript of a call that another system took."""
    REHEARSAL = "rehearsal"
    """A recording or a journal was replayed: the call had happened, the coaching was tried."""
    DEMO = "demo"
    """The bundled sample call."""


REAL = (CallKind.LIVE, CallKind.IMPORT)
"""Calls with customers, each once; the others are not counted among them."""


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was known when the call's journal was begun."""

    kind: CallKind | None = None
    """None in journals that were written before kinds were kept."""
    agent: str = ""
    queue: str = ""
    tags: tuple[str, ...] = ()
    digest: str = ""
    """SHA-256 of the imported content, so that the same content never comes in twice."""
    file: str = ""
    """Name of the imported file."""
    dated_by: str = ""
    """Where an imported call's start was taken from, e.g. ``file name``."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A call that must be kept, whatever its age."""

    because: str
    since: str
    """Wall-clock time, ISO 8601 with offset."""


class Later(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was learned or corrected after the call's journal was begun; None changes nothing."""

    agent: str | None = None
    queue: str | None = None
    tags: tuple[str, ...] | None = None
    caller: str | None = None
    hold: Hold | None = None


def kind_of(about: About, source: str) -> CallKind:
    """The kind of a call; ``source`` is that of its CallStarted, which tells in old journals."""
    if about.kind is not None:
        return about.kind
    if source == "live":
        return CallKind.LIVE
    return CallKind.DEMO if source == DEMO_SOURCE else CallKind.REHEARSAL


def masked_about(about: About) -> About:
    """What is known without personal data; an agent may be known by an e-mail address."""
    return msgspec.structs.replace(
        about,
        agent=without_cards(about.agent),
        queue=without_cards(about.queue),
        tags=tuple(map(masked_reference, about.tags)),
        file=masked_reference(about.file),
    )


def _masked_later(later: Later) -> Later:
    """As ``masked_about``; a reason is typed freely."""
    tags, hold = later.tags, later.hold
    return Later(
        agent=later.agent and without_cards(later.agent),
        queue=later.queue and without_cards(later.queue),
        tags=tags and tuple(map(masked_reference, tags)),
        caller=later.caller and masked_reference(later.caller),
        hold=hold and Hold(because=masked_text(hold.because), since=hold.since),
    )


def read_later(path: Path) -> Later:
    """What lies beside a journal; nothing where there is no such file. Raises InputError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Later)
    except FileNotFoundError:
        return Later()
    except (OSError, *UNREADABLE) as error:
        raise InputError(
            f"{path} cannot be read: {cause_of(error)}.", "Mend it, or delete it."
        ) from None


def write_later(path: Path, later: Later) -> None:
    """Put it beside the journal, masked, whole or not at all. Raises StorageError."""
    later = _masked_later(later)
    data = msgspec.json.format(msgspec.json.encode(later)) + b"\n"
    try:
        write_whole(path, data, mode=OWNERS)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", "Free some space or unlock the folder."
        ) from None
