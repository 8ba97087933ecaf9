"""Whether the sides are swapped: whose voice a channel carries, as facts leave a live call.

The listener knows its channels under the names they had at first. With two devices a swap belongs
to them and outlives the call. With one microphone the channels are voices, learnt anew in every
call: which of them is the agent's is what the words say (``coach.calls.side_watch``), until a key
says otherwise.
"""

from __future__ import annotations

import msgspec

from coach.calls.side_watch import SideWatch, Taken
from coach.events import AgentAction, Fact, Located


class SwappedSides:
    """The names in force."""

    def __init__(self, taken: Taken | None = None) -> None:
        """``taken``: of the two voices on one microphone; None where each side has a device."""
        self.swapped = False
        """Whether each channel carries the other side's voice."""
        self._taken = taken
        self._watch: SideWatch | None = None

    def begin(self) -> None:
        """A call begins."""
        if self._taken is not None:
            self.swapped = False
            self._watch = SideWatch(self._taken)

    def named(self, fact: Fact) -> list[Fact]:
        """The fact under the names in force, and what its words tell of them."""
        facts = [self.renamed(fact)]
        for told in [] if self._watch is None else self._watch.push(fact):
            facts.append(told)
            if isinstance(told, AgentAction):
                self.swapped = not self.swapped
        return facts

    def renamed(self, fact: Fact) -> Fact:
        """The fact under the names in force."""
        if self.swapped and isinstance(fact, Located):
            return msgspec.structs.replace(fact, channel=fact.channel.other)
        return fact

    def swap(self) -> None:
        """A person has exchanged the sides; that decides."""
        self.swapped = not self.swapped
        if self._watch is not None:
            self._watch.exchanged()
