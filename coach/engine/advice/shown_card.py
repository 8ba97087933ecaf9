"""The card on the screen: what it asks, since when, until when, and in which words."""

from __future__ import annotations

from coach.engine.advice.card_policy import Mode, Request
from coach.events import CardRaised, CardStrengthened, Clearing
from coach.snapshot import Card, PastCard
from rules.definition.rule import CardSpec, Rule, Status


class ShownCard:
    """The one card that is shown."""

    __slots__ = (
        "id",
        "late",
        "leave_at",
        "news_at",
        "passed",
        "raised",
        "request",
        "until",
        "waits_as",
        "wording",
    )

    def __init__(
        self, name: str, request: Request, at: float, wording: int, *, late: bool = False
    ) -> None:
        self.id = name
        self.late = late
        """It came only because nobody had answered the customer (``card_patience``)."""
        self.request = request
        self.waits_as = request
        """What is asked for anew where something graver takes its place: by the rules in force
        then, while the card itself stays as it is read."""
        self.raised = at
        self.passed = request.passed
        """Turns of the agent's that have gone past it."""
        self.news_at = at
        """Since when it has been news: only words begun since then go past it."""
        self.until = None if request.stays else at + (request.spec.hold or 0.0)
        self.leave_at: float | None = None
        """Set when the reason has gone but the card has not been seen long enough."""
        self.wording = wording

    def said_again(self, at: float) -> None:
        """The customer said again what it is about."""
        self.passed, self.news_at = 0, at

    def strengthen(self, request: Request) -> None:
        """What it is about is graver than was known."""
        self.request = self.waits_as = request
        if request.stays:
            self.until = self.leave_at = None

    def view(self, mode: Mode) -> Card:
        """The card as the screen shows it."""
        request = self.request
        count = len(wordings(request.spec, mode))
        return Card(
            card=self.id,
            rule=request.rule.id,
            title=title_of(request.rule),
            track=request.rule.track,
            severity=request.severity,
            do=request.spec.do,
            say=filled(request.spec, self.wording, mode),
            wording=self.wording % count + 1 if count else 0,
            wordings=count,
            because=request.because,
            raised=self.raised,
            until=self.until,
            stays=request.stays,
            danger=request.danger,
        )

    def past(self, at: float, reason: Clearing) -> PastCard:
        """The card once it has left the screen."""
        rule = self.request.rule
        return PastCard(
            card=self.id,
            rule=rule.id,
            title=title_of(rule),
            raised=self.raised,
            cleared=at,
            reason=reason.value,
        )

    def was_raised(self, mode: Mode) -> CardRaised:
        """Tell that it is shown."""
        request = self.request
        return CardRaised(
            at=self.raised,
            card=self.id,
            rule=request.rule.id,
            track=request.rule.track,
            severity=request.severity,
            priority=request.priority,
            do=request.spec.do,
            say=filled(request.spec, self.wording, mode),
            until=self.until,
            stays=request.stays,
            danger=request.danger,
            because=request.because,
        )

    def was_strengthened(self, at: float) -> CardStrengthened:
        """Tell that it is about something graver than it was."""
        request = self.request
        return CardStrengthened(
            at=at,
            card=self.id,
            rule=request.rule.id,
            severity=request.severity,
            priority=request.priority,
            until=self.until,
            stays=request.stays,
            danger=request.danger,
            because=request.because,
        )


def wordings(spec: CardSpec, mode: Mode) -> tuple[str, ...]:
    """The wordings that can be said now: none with a blank that nothing is known for.

    A card of which none is left says what to do and gives no words.
    """
    return tuple(
        text
        for text in spec.say
        if (mode.agent or "{agent}" not in text) and (mode.issue or "{issue}" not in text)
    )


def filled_all(spec: CardSpec, mode: Mode) -> tuple[str, ...]:
    """All wordings that can be said now, their blanks filled."""
    return tuple(_fill(text, mode) for text in wordings(spec, mode))


def _fill(text: str, mode: Mode) -> str:
    return text.replace("{issue}", mode.issue).replace("{agent}", mode.agent)


def filled(spec: CardSpec, wording: int, mode: Mode) -> str:
    """The words to say, by the number of the wording; they rotate. Empty where there are none."""
    known = wordings(spec, mode)
    if not known:
        return ""
    return _fill(known[wording % len(known)], mode)


def title_of(rule: Rule) -> str:
    """The rule's title; a rule on trial says so."""
    return f"{rule.title} (on trial)" if rule.status is Status.TEST else rule.title
