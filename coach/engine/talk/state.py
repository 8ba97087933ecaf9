"""What is tracked of the talk and asked about by conditions."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Hashable

from coach.engine.talk.mood import MoodTracker
from coach.engine.talk.turns import TurnTracker
from coach.events import Channel


class Aspect(enum.StrEnum):
    """What conditions on state ask about. Any of it may be moved by a fact."""

    BEGAN = enum.auto()
    """Somebody began to speak, or proved to have the turn or not to have it."""
    ENDED = enum.auto()
    """Somebody fell silent."""
    OVER = enum.auto()
    """Something became known of speech during which the other side began to speak."""
    MOOD = enum.auto()
    PACE = enum.auto()
    """Of a channel, as is the next."""
    LOUDNESS = enum.auto()
    """It has come over a bound that somebody asks about, or under it."""
    SIDES = enum.auto()
    """Whose words are whose."""


class TalkState:
    """The figures of the talk as they stand."""

    def __init__(self, turns: TurnTracker, mood: MoodTracker) -> None:
        self.turns = turns
        self.mood = mood
        """The customer's."""
        self.loud: dict[Channel, float | None] = dict.fromkeys(Channel)
        """dB over the channel's own usual level, while it speaks."""
        self._bounds: list[float] = []
        """Of ``loud``, those that conditions ask about."""
        self.raised: dict[Channel, float | None] = dict.fromkeys(Channel)
        """How surely the channel's voice is raised, 0 to 1."""
        self.began = 0.0
        """Call time of the first fact."""
        self.to_machine = False
        """A voicemail has answered in the customer's place: nobody hears how the agent speaks."""
        self.spoke: set[Channel] = set()
        """The channels of which a person's final words were heard."""
        self.moved: set[Hashable] = set()
        """What has moved since rules were last looked at on the grid: aspects of the talk, and
        whatever else conditions ask about. Who looks at the rules empties it."""

    def heed_loudness(self, bound: float) -> None:
        """Note from now on where a side comes over so many dB, or under them."""
        self._bounds.append(bound)

    def is_loud(self, channel: Channel, over: float | None) -> None:
        """A side is so many dB over its own usual level; None where it does not speak."""
        known = self.loud[channel]
        self.loud[channel] = over
        for bound in self._bounds:
            if (over is not None and over >= bound) != (known is not None and known >= bound):
                self.moved.add((Aspect.LOUDNESS, channel))
                return

    def all_moved(self) -> None:
        """Note that anything may have changed."""
        self.moved.update(Aspect, itertools.product(Aspect, Channel))

    @property
    def agent_heard(self) -> bool:
        """Whether the agent may have spoken: on the agent's side, or where no side is told."""
        return Channel.AGENT in self.spoke or Channel.MIXED in self.spoke
