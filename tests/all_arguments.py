"""Every argument of the command line, found by walking its parsers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator


def arguments(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[list[str], argparse.Action]]:
    """Every argument that takes a value, with the words before that value."""
    before: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from arguments(below, (*words, name))
        elif action.nargs != 0:
            yield [*words, *(action.option_strings[-1:] or before)], action
            if not action.option_strings:
                before.append(next(iter(action.choices or ["x"])))
