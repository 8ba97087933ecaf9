"""The life of a call as a table: what may happen, and what is done about it in each phase.

Theory of operation. A live session is always in one phase. Whatever happens (a key, sound, a
silence, a decode that comes back, a device that goes) is looked up in ``LIFE`` under that
phase: the cell names one deed and the phase that follows. ``coach.live.call_hearing`` does the
deeds and keeps the figures (silences, deadlines) that make things happen; it decides nothing
that is not written here.

    waiting    no call; sound is watched for one and not transcribed
    in call    sound is heard and transcribed
    paused     the call goes on, unheard: sound counts as silence, and no silence ends the call
    ending     the call is over, its last words are still with the recogniser
    settling   the call is over and the far end may still be speaking: that begins no new call

Three rules hold throughout. A pause belongs to its call. A decode belongs to the call that
asked for it. A swap of two devices outlives the call; voices on one microphone are learnt anew.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import NamedTuple


class Phase(enum.Enum):
    """Where a live session stands."""

    WAITING = "waiting"
    IN_CALL = "in call"
    PAUSED = "paused"
    ENDING = "ending"
    SETTLING = "settling"


class Happening(enum.Enum):
    """What may happen."""

    BEGIN_KEY = "the agent begins a call"
    END_KEY = "the agent ends the call"
    PAUSE_KEY = "the agent pauses"
    RESUME_KEY = "the agent resumes"
    SWAP_KEY = "the agent exchanges the sides"
    CARD_KEY = "the agent answers a card, or any other key"
    SOUND = "sound arrives"
    FAR_END_SPEAKS = "the far end begins to speak"
    FAR_END_QUIET = "the far end has been quiet for a moment"
    LINE_DEAD = "the far end has carried nothing for too long"
    DEVICE_NEWS = "a device is lost, is back, or lost sound"
    OWN_DECODE = "a decode of this call comes back"
    STRAY_DECODE = "a decode of an earlier call comes back"
    LAST_WORDS = "every decode of the call is back"
    OUT_OF_TIME = "the last words have taken too long"
    SESSION_CLOSED = "the session is closed"


class Deed(enum.Enum):
    """What is done about it."""

    IGNORE = "nothing"
    BEGIN = "begin a call"
    CLOSE_AND_BEGIN = "state the end of the call, then begin the next"
    FINISH = "hear no more and ask for the last words"
    CLOSE = "state the end of the call"
    CLOSE_SHORT = "state that words are missing, then the end of the call"
    PAUSE = "state the pause"
    RESUME = "state the end of the pause"
    SWAP = "exchange the sides"
    SWAP_AND_TELL = "exchange the sides and state it"
    TELL = "state it on the call's clock"
    SHOW = "show it; no call is on"
    HEAR = "give it to the call's listener"
    HEAR_SILENCE = "give the call's listener silence of the same length"
    KEEP = "keep it for the next call's first words"
    WATCH = "look whether a call begins"
    DROP = "drop it"


class Cell(NamedTuple):
    """One cell of the table."""

    deed: Deed
    then: Phase


def _cells(phase: Phase, **moves: tuple[Deed, Phase] | Deed) -> dict[Happening, Cell]:
    """One row; a deed alone stays in the phase, and what is not named is ignored."""
    row = {happening: Cell(Deed.IGNORE, phase) for happening in Happening}
    for name, move in moves.items():
        row[Happening[name]] = Cell(move, phase) if isinstance(move, Deed) else Cell(*move)
    return row


LIFE: Mapping[Phase, Mapping[Happening, Cell]] = {
    Phase.WAITING: _cells(
        Phase.WAITING,
        BEGIN_KEY=(Deed.BEGIN, Phase.IN_CALL),
        FAR_END_SPEAKS=(Deed.BEGIN, Phase.IN_CALL),
        SWAP_KEY=Deed.SWAP,
        SOUND=Deed.WATCH,
        DEVICE_NEWS=Deed.SHOW,
        OWN_DECODE=Deed.DROP,
        STRAY_DECODE=Deed.DROP,
    ),
    Phase.IN_CALL: _cells(
        Phase.IN_CALL,
        END_KEY=(Deed.FINISH, Phase.ENDING),
        LINE_DEAD=(Deed.FINISH, Phase.ENDING),
        SESSION_CLOSED=(Deed.FINISH, Phase.ENDING),
        PAUSE_KEY=(Deed.PAUSE, Phase.PAUSED),
        RESUME_KEY=Deed.TELL,  # ends a pause that the call made by itself
        SWAP_KEY=Deed.SWAP_AND_TELL,
        CARD_KEY=Deed.TELL,
        SOUND=Deed.HEAR,
        DEVICE_NEWS=Deed.TELL,
        OWN_DECODE=Deed.HEAR,
        STRAY_DECODE=Deed.DROP,
    ),
    Phase.PAUSED: _cells(
        Phase.PAUSED,
        END_KEY=(Deed.FINISH, Phase.ENDING),
        SESSION_CLOSED=(Deed.FINISH, Phase.ENDING),
        RESUME_KEY=(Deed.RESUME, Phase.IN_CALL),
        SWAP_KEY=Deed.SWAP_AND_TELL,
        CARD_KEY=Deed.TELL,
        SOUND=Deed.HEAR_SILENCE,
        DEVICE_NEWS=Deed.TELL,
        OWN_DECODE=Deed.HEAR,
        STRAY_DECODE=Deed.DROP,
    ),
    Phase.ENDING: _cells(
        Phase.ENDING,
        BEGIN_KEY=(Deed.CLOSE_AND_BEGIN, Phase.IN_CALL),
        LAST_WORDS=(Deed.CLOSE, Phase.SETTLING),
        OUT_OF_TIME=(Deed.CLOSE_SHORT, Phase.SETTLING),
        SWAP_KEY=Deed.SWAP_AND_TELL,
        CARD_KEY=Deed.TELL,
        SOUND=Deed.KEEP,
        DEVICE_NEWS=Deed.TELL,
        OWN_DECODE=Deed.HEAR,
        STRAY_DECODE=Deed.DROP,
    ),
    Phase.SETTLING: _cells(
        Phase.SETTLING,
        BEGIN_KEY=(Deed.BEGIN, Phase.IN_CALL),
        FAR_END_QUIET=(Deed.IGNORE, Phase.WAITING),
        SWAP_KEY=Deed.SWAP,
        SOUND=Deed.WATCH,
        DEVICE_NEWS=Deed.SHOW,
        OWN_DECODE=Deed.DROP,
        STRAY_DECODE=Deed.DROP,
    ),
}
"""Every phase and everything that may happen in it."""
