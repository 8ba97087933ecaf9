"""How one voice is other than another, and whether one person who changes is both.

Pure array work. Whoever raises her voice gets louder, brighter and higher; whoever goes over to a
loudspeaker is heard from a room, and is as high as before.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from .trace import SeenWindows
from .turns import Mask
from .two_voices import Floats

IN_A_ROOM, SLOWER = -2.9, 0.5
"""``SeenWindows.falls`` above which a voice may come from a room, and by how much it is above
another's that may be the same one at the telephone."""

PERHAPS_IN_A_ROOM = -3.15
"""The same where the pitch is known..."""

OTHER_PITCH = (0.3, 0.8)
"""...which is another person's where it differs by so many octaves, at least and at most: of one
person in a room it may seem a whole one higher or lower."""

HIGHER, BRIGHTER, HARDLY_FAINTER = 0.2, 1.0, -3.0
"""Octaves and decibels from the middle of the bands to the highest by which a raised voice is
higher and brighter at least, and by how much louder..."""

HARDLY_LOWER = -0.1
"""...or octaves by which one is not higher that is as bright as ``RAISED`` says."""

PITCHES = 3
"""Windows whose pitch is known from which that of a voice is."""

RAISED = (4.0, 13.0)
"""Decibels by which a raised voice is brighter, from the middle of the bands to the highest..."""

UNEVEN, NO_FAINTER = 5.2, -2.0
"""...how far it is from that, root mean square, at most, and by how much louder at least."""


class Change(NamedTuple):
    """How one voice is other than another."""

    louder: float
    """Decibels..."""
    brighter: float
    """...from the middle of the bands to the highest..."""
    unevenly: float
    """...and how far the bands are from that, root mean square."""
    higher: float
    """Octaves; NaN where the pitch of either is not known."""
    falls: tuple[float, float]
    """``SeenWindows.falls``, the smaller one first."""

    def back(self) -> Change:
        """How the other one is other than this."""
        return self._replace(louder=-self.louder, brighter=-self.brighter, higher=-self.higher)

    @property
    def raises(self) -> bool:
        """Whether it may be made by raising the voice."""
        bright = RAISED[0] <= self.brighter <= RAISED[1] and self.unevenly <= UNEVEN
        lower = self.higher <= HARDLY_LOWER
        return self.is_raised or (bright and not lower and self.louder >= NO_FAINTER)

    @property
    def is_raised(self) -> bool:
        """Whether it is such by its pitch, too; False where that is not known."""
        raised = self.higher >= HIGHER and self.brighter >= BRIGHTER and self.unevenly <= UNEVEN
        return raised and self.louder >= HARDLY_FAINTER

    @property
    def from_a_room(self) -> bool:
        """Whether it may be made by going over to a loudspeaker, or back."""
        other = OTHER_PITCH[0] <= abs(self.higher) <= OTHER_PITCH[1]
        return (
            self.falls[1] > PERHAPS_IN_A_ROOM
            and self.falls[1] - self.falls[0] >= SLOWER
            and not other
        )


def change_between(clear: SeenWindows, before: Mask, after: Mask) -> Change:
    """How the windows of one voice are other than those of another."""
    more = clear.sounds[after].mean(axis=0) - clear.sounds[before].mean(axis=0)
    tilt = tilt_of(more)
    rest = more[1:] - tilt * np.linspace(-1.0, 1.0, len(more) - 1)
    higher = pitch_of(clear.pitches[after]) - pitch_of(clear.pitches[before])
    near, far = sorted((float(clear.falls[before].mean()), float(clear.falls[after].mean())))
    return Change(float(more[0]), tilt, float(np.sqrt(np.mean(rest**2))), higher, (near, far))


def pitch_of(pitches: Floats) -> float:
    """Of a voice, from that of its windows; NaN where too few are known."""
    known = pitches[~np.isnan(pitches)]
    return float(np.median(known)) if len(known) >= PITCHES else float("nan")


def speaks_up(sounds: Floats) -> bool:
    """Whether one of several voices may be another one raised.

    ``sounds``: for each its mean of ``SeenWindows.sounds``. Whoever raises her voice has more in
    the high bands, evenly so from band to band, and is no fainter.
    """
    bands = np.linspace(-1.0, 1.0, sounds.shape[1] - 1)
    for one, other in itertools.permutations(sounds, 2):
        more = one - other
        tilt = tilt_of(more)
        rest = float(np.sqrt(np.mean((more[1:] - tilt * bands) ** 2)))
        if RAISED[0] <= tilt <= RAISED[1] and rest <= UNEVEN and more[0] >= NO_FAINTER:
            return True
    return False


def tilt_of(more: Floats) -> float:
    """Decibels from the middle of the bands to the highest, of a difference of ``sounds``."""
    bands = np.linspace(-1.0, 1.0, len(more) - 1)
    return float(more[1:] @ bands / (bands @ bands))


def may_be_in_a_room(one: float, other: float) -> bool:
    """Whether two may be one person at the telephone and in a room: means of their ``falls``."""
    near, far = sorted((one, other))
    return far > IN_A_ROOM and far - near >= SLOWER
