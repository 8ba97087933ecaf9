"""All about one moment of a past call."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from coach.notes.review.past_call import Moment
from coach.notes.review.review_requests import Remark
from tui.widgets.moment_panel import explained

from .sheet import Sheet


class MomentScreen(Sheet):
    """Evidence, what it took or would have taken, marks, the limits of its rule."""

    heading = "Why"

    def __init__(self, moment: Moment, remarks: tuple[Remark, ...]) -> None:
        super().__init__()
        self._moment = moment
        self._remarks = remarks

    def paragraphs(self) -> Iterable[Content]:
        """A line each."""
        return explained(self._moment, self._remarks, full=True)
