"""A line to type in, in which every key does its work in its turn."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.widgets import Input

_ACTIONS = {binding.key: binding.action for binding in Binding.make_bindings(Input.BINDINGS)}
"""What the keys do that write nothing: move, delete, submit."""


class TypedLine(Input):
    """An ``Input`` for fast typists and slow machines.

    Textual writes a letter at once, but sends any other key round the whole application first, so
    that of keys that wait, a deleting one would come behind the letters that were typed after it.
    """

    async def _on_key(self, event: events.Key) -> None:
        action = _ACTIONS.get(event.key)
        if action is not None and not event.is_printable:
            event.stop()
            event.prevent_default()
            await self.run_action(action)
