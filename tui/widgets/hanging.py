"""Lines whose later rows stand under the words of the first, not under its label.

The label of a line is what stands before a gap of two spaces or more, or a bullet; a line without
one is continued under its own beginning.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

LONGEST_LABEL = 22
"""Columns; a gap further in divides words, not a label from them."""
_BULLET = re.compile(r"\s*[•○✓→-] (?=\S)")
_LABEL = re.compile(rf"\s*\S.{{0,{LONGEST_LABEL}}}?\s{{2,}}(?=\S)")
_SPACES = re.compile(r"\s*")


def hung(content: Content, width: int) -> Content:
    """The same lines, broken between words to ``width`` columns and continued under their words."""
    rows: list[Content] = []
    for line in content.split("\n", allow_blank=True):
        if line.cell_length <= width:
            rows.append(line)
            continue
        head, body = _parted(line, width)
        first, *others = body.wrap(width - head.cell_length)
        rows.append(Content.assemble(head, first))
        rows += [Content.assemble(" " * head.cell_length, part) for part in others]
    return Content("\n").join(rows)


def _parted(line: Content, width: int) -> tuple[Content, Content]:
    """The label and the words behind it; a label that takes half the width is none."""
    for form in (_BULLET, _LABEL, _SPACES):
        found = form.match(line.plain)
        if found is not None and cell_len(found[0]) <= width // 2:
            return line[: found.end()], line[found.end() :]
    return line[:0], line


class HangingText(Static):
    """Text of lines with labels, as high as they are when wrapped under their words."""

    def __init__(self, content: Content) -> None:
        super().__init__(content)
        self.lines = content
        """The lines as they are, unbroken."""

    def show_lines(self, content: Content) -> None:
        """Show these lines instead."""
        self.lines = content
        self.update(content)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Rows that the lines take at this width."""
        del container, viewport
        return len(hung(self.lines, width).split("\n", allow_blank=True)) if width else 0

    def render(self) -> Content:
        """The lines at the width of this moment."""
        width = self.content_size.width
        return hung(self.lines, width) if width else self.lines
