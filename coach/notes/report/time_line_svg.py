"""The time line of a call as an inline picture: level, moods, speech, silence, cards.

Readable without colour: the moods differ by dashes, marks by shape, stretches by hatching, and
every element has a title of its own. The picture as a whole is described in words for whoever
cannot see it; all that it shows stands in the page as text too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from coach.events import Channel, Level
from coach.events.lengths import clock
from coach.notes.report.call_report import CallReport, MoodLine, SidedSpan, Span, TimeLine
from coach.notes.report.page import esc
from coach.notes.timeline_text import SPEAKERS

WIDTH, LEFT, RIGHT = 1000.0, 96.0, 12.0
LEVEL_TOP, LEVEL_HIGH = 12.0, 80.0
MOOD_TOP, MOOD_HIGH = 112.0, 80.0
SPEECH_TOP, LANE = 212.0, 20.0
CARDS_TOP = 300.0
LABEL = 22.0
"""Cards that stand closer are not numbered one by one."""
AXIS = 348.0
HEIGHT = 372.0
TICKS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
"""Seconds between marks of the time axis."""
MOST_TICKS = 10
_MOOD_DASH = {Channel.AGENT: "6 3", Channel.CUSTOMER: "none", Channel.MIXED: "none"}
_PATTERNS = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="var(--hatch)" '
    'stroke-width="2"/></pattern><pattern id="dots" width="6" height="6" '
    'patternUnits="userSpaceOnUse"><circle cx="3" cy="3" r="1.3" fill="var(--hatch)"/></pattern>'
    "</defs>"
)

Place = Callable[[float], float]
"""Where on the picture a call time lies."""


def time_line_svg(report: CallReport) -> str:
    """The picture; empty for a call without length."""
    line = report.time_line
    if line.seconds <= 0:
        return ""

    def place(at: float) -> float:
        share = min(1.0, max(0.0, at / line.seconds))
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    parts = [
        (
            f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
            'aria-labelledby="picture-title picture-text">'
        ),
        f'<title id="picture-title">Time line of the call, {clock(line.seconds)}</title>',
        f'<desc id="picture-text">{esc(described(report))}</desc>',
        _PATTERNS,
        *_axis(line.seconds, place),
        *_levels(line, place),
        *_moods(line.moods, place),
        *_speech(report, place),
        *_cards(report, place),
        "</svg>",
    ]
    return "\n".join(parts)


def described(report: CallReport) -> str:
    """What the picture shows, in words."""
    line = report.time_line
    steps = ", ".join(
        f"{Level(step.level).name.lower()} from {clock(step.at)}" for step in line.levels
    )
    talk_overs = len(line.talk_overs)
    return (
        f"The level: {steps}. {len(report.cards)} cards shown, {len(report.kept_back)} kinds kept "
        f"back. {talk_overs} talk-overs, {len(line.silences)} silences, {len(line.holds)} holds. "
        "All of it stands below as text."
    )


def _text(x: float, y: float, words: str, *, kind: str = "q", anchor_: str = "end") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor_}">{esc(words)}</text>'


def _titled(element: str, title: str) -> str:
    return f"<g><title>{esc(title)}</title>{element}</g>"


def _rule(y: float) -> str:
    return f'<line class="g" x1="{LEFT:g}" x2="{WIDTH - RIGHT:g}" y1="{y:g}" y2="{y:g}"/>'


def _axis(seconds: float, place: Place) -> list[str]:
    step = next((tick for tick in TICKS if seconds / tick <= MOST_TICKS), TICKS[-1])
    parts = []
    for number in range(int(seconds // step) + 1):
        x = place(number * step)
        parts.append(f'<line class="g" x1="{x:g}" x2="{x:g}" y1="{LEVEL_TOP:g}" y2="{AXIS:g}"/>')
        parts.append(_text(x, AXIS + 16, clock(number * step), anchor_="middle"))
    return parts


def _levels(line: TimeLine, place: Place) -> list[str]:
    base = LEVEL_TOP + LEVEL_HIGH

    def height(level: int) -> float:
        return base - level / int(Level.CRITICAL) * LEVEL_HIGH

    parts = [_rule(height(level)) for level in Level]
    parts += [_text(LEFT - 8, height(level) + 4, level.name.lower()) for level in Level]
    path = [f"M{place(0):g} {base:g}"]
    for step in line.levels:
        path += [f"H{place(step.at):g}", f"V{height(step.level):g}"]
    path += [f"H{place(line.seconds):g}", f"V{base:g}", "Z"]
    parts.append(_titled(f'<path class="lv" d="{" ".join(path)}"/>', "level of the call"))
    ends = [step.at for step in line.levels[1:]] + [line.seconds]
    for step, end in zip(line.levels, ends, strict=True):
        name = Level(step.level).name.lower()
        title = f"{name} from {clock(step.at)}" + (f": {step.why}" if step.why else "")
        x = place(step.at)
        box = (
            f'<rect x="{x:g}" y="{LEVEL_TOP:g}" width="{place(end) - x:.1f}" '
            f'height="{LEVEL_HIGH:g}" fill="transparent"/>'
        )
        parts.append(_titled(box, title))
    return parts


def _moods(moods: Iterable[MoodLine], place: Place) -> list[str]:
    middle = MOOD_TOP + MOOD_HIGH / 2

    def height(score: float) -> float:
        return round(middle - score / 5 * MOOD_HIGH / 2, 1)

    parts = [_rule(height(score)) for score in (-5, 0, 5)]
    parts += [
        _text(LEFT - 8, height(5) + 4, "mood +5"),
        _text(LEFT - 8, height(0) + 4, "0"),
        _text(LEFT - 8, height(-5) + 4, "-5"),
    ]
    for mood in moods:
        points = [(place(point.at), height(point.score)) for point in mood.points]
        letter = "a" if mood.side is Channel.AGENT else "c"
        shape = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
        element = (
            f'<path class="md {letter}" stroke-dasharray="{_MOOD_DASH[mood.side]}" d="{shape}"/>'
        )
        if len(points) == 1:
            element = (
                f'<circle class="f{letter}" cx="{points[0][0]:g}" cy="{points[0][1]:g}" r="3"/>'
            )
        first, last = mood.points[0], mood.points[-1]
        title = (
            f"mood of the {SPEAKERS[mood.side]}, from {first.score:+.1f} at {clock(first.at)} "
            f"to {last.score:+.1f} at {clock(last.at)}"
        )
        parts.append(_titled(element, title))
    return parts


def _box(span: Span, place: Place, y: float, high: float, kind: str) -> str:
    x = place(span.start)
    wide = max(1.0, round(place(span.end) - x, 1))
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}"/>'


def _lasting(what: str, span: Span) -> str:
    return f"{what}, {clock(span.start)} to {clock(span.end)}, {span.seconds:.1f} s"


def _speech(report: CallReport, place: Place) -> list[str]:
    line = report.time_line
    lanes = [Channel.MIXED] if report.mixed else [Channel.AGENT, Channel.CUSTOMER]
    tops = {side: SPEECH_TOP + number * (LANE + 4) for number, side in enumerate(lanes)}
    whole = (LANE + 4) * len(lanes) - 4
    parts = []
    for what, kind, spans in (
        ("silence", "si", line.silences),
        ("on hold", "ho", line.holds),
        ("off the record", "off", line.off_record),
    ):
        parts += [
            _titled(_box(span, place, SPEECH_TOP, whole, kind), _lasting(what, span))
            for span in spans
        ]
    for side, top in tops.items():
        parts.append(_text(LEFT - 8, top + 14, SPEAKERS[side], kind="ink"))
    kinds = {Channel.AGENT: "fa", Channel.CUSTOMER: "fc", Channel.MIXED: "fb"}
    for span in line.speech:
        if span.side in tops:
            box = _box(span, place, tops[span.side] + 3, LANE - 6, kinds[span.side])
            parts.append(_titled(box, _lasting(f"{SPEAKERS[span.side]} speaks", span)))
    for span in line.lost:
        if span.side in tops:
            box = _box(span, place, tops[span.side], LANE, "off")
            parts.append(_titled(box, _lasting(f"sound of the {SPEAKERS[span.side]} lost", span)))
    parts += [_over(span, place, tops) for span in line.talk_overs if span.side in tops]
    return parts


def _over(span: SidedSpan, place: Place, tops: dict[Channel, float]) -> str:
    box = _box(span, place, tops[span.side], LANE, "over")
    return _titled(box, _lasting(f"{SPEAKERS[span.side]} speaks over the other", span))


def _cards(report: CallReport, place: Place) -> list[str]:
    parts = [
        _text(LEFT - 8, CARDS_TOP + 4, "cards", kind="ink"),
        _text(LEFT - 8, CARDS_TOP + 28, "kept back", kind="ink"),
    ]
    for kept in report.kept_back:
        title = f"{kept.title}: {kept.reason.replace('_', ' ')}"
        for at in kept.at:
            ring = f'<circle class="kb" cx="{place(at):g}" cy="{CARDS_TOP + 24:g}" r="4"/>'
            parts.append(_titled(ring, f"{clock(at)} kept back: {title}"))
    labelled = -LABEL
    for number, card in enumerate(report.cards, 1):
        x, y = place(card.at), CARDS_TOP
        grave = " grave" if card.severity >= int(Level.CRITICAL) else ""
        shape = (
            f'<path class="cd{grave}" d="M{x:g} {y - 8:g} L{x + 7:g} {y + 4:g} L{x - 7:g} '
            f'{y + 4:g} Z"/>'
        )
        if x - labelled >= LABEL:  # numbers that would lie on one another are left to the titles
            labelled = x
            shape += _text(x, y - 12, str(number), kind="ink", anchor_="middle")
        title = f"{clock(card.at)} card {number}: {card.do} ({card.fate.replace('_', ' ')})"
        parts.append(
            f'<a href="#card-{number}" aria-label="{esc(title)}">{_titled(shape, title)}</a>'
        )
    return parts
