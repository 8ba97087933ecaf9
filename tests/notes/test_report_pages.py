"""The report of a call as a page and as Markdown: what must stand in it, and what must not."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest

from coach.events import Channel
from coach.events.lengths import clock
from coach.notes.report.agent_page import agent_page
from coach.notes.report.agent_report import (
    AgentReport,
    CallFigures,
    PointRaised,
    ReportMoment,
    Week,
    measured,
    points_of,
)
from coach.notes.report.agent_text import agent_text
from coach.notes.report.call_page import SECTIONS, call_page
from coach.notes.report.call_report import (
    CallReport,
    CardTold,
    CheckTold,
    Figures,
    KeptBackTold,
    LevelStep,
    LineTold,
    MarkTold,
    Matter,
    MoodLine,
    PromiseTold,
    Quote,
    ReportedMood,
    SidedSpan,
    SideFigures,
    Span,
    TimeLine,
)
from coach.notes.report.call_text import call_text, md
from coach.notes.report.page import table
from coach.notes.report.phrases import header

A, C = Channel.AGENT, Channel.CUSTOMER
HOSTILE = (
    "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp; `[x](http:a)`"
)
SIDE = SideFigures(
    talk_s=12.0, words=30, pace_wpm=150.0, talk_overs=1, talk_over_s=2.0, longest_s=6.0,
    longest_at=3.0,
)  # fmt: skip


def report(text: str = "words", *, mixed: bool = False, ended: bool = True) -> CallReport:
    """A report with everything in it, ``text`` wherever somebody's text may stand."""
    quote = Quote(at=3.0, side=C, text=text)
    return CallReport(
        call=text, place=text, kind="live", started="2026-01-05T09:00:00+00:00", seconds=70.0,
        ended=ended,
        agent=text, queue=text, tags=(text, "b"), caller=text, source=text, language=text,
        mixed=mixed, divided=False, version=text, rules=text, model=text, encoder=text, masked=text,
        level="upset", last_level="calm", score=80.0, remarks=(text,),
        matter=Matter(
            opening=(quote,), wrong=(quote,), wants=(quote,), tried=(quote,),
            promised=(
                PromiseTold(at=5.0, side=A, text=text, due="2026-01-09T10:00", again=(7.0,)),
            ),
            warnings=(quote,),
        ),
        well=(text,), try_next=text,
        time_line=TimeLine(
            seconds=70.0,
            levels=(LevelStep(0.0, 0), LevelStep(20.0, 2, text), LevelStep(60.0, 0)),
            moods=(MoodLine(A, (ReportedMood(4.0, 1.0),)),
                   MoodLine(C, (ReportedMood(6.0, -2.0), ReportedMood(30.0, 1.5)))),
            speech=(SidedSpan(1.0, 3.0, A), SidedSpan(3.0, 9.0, C)),
            talk_overs=(SidedSpan(5.0, 7.0, A),), silences=(Span(10.0, 15.0),),
            holds=(Span(20.0, 30.0),), off_record=(Span(40.0, 45.0),),
            lost=(SidedSpan(50.0, 51.0, C),),
        ),
        figures=Figures(
            talk_s=60.0, agent=None if mixed else SIDE, customer=None if mixed else SIDE,
            both=SIDE if mixed else None, agent_share=None if mixed else 0.5, dead_air_s=5.0,
            dead_airs=1, longest_silence=Span(10.0, 15.0), hold_s=10.0,
        ),
        cards=(CardTold(card="P1", rule=text, title=text, track="safety", severity=4, at=21.0,
                        do=text, say=text, because=(text,), limits=text, graver=(text,),
                        fate="used", cleared=25.0),),
        kept_back=(KeptBackTold(rule=text, title=text, reason="cooldown",
                                told="it had been shown not long before",
                                at=tuple(float(n) for n in range(10)), because=(text,)),),
        checklist=(CheckTold(item="a", title=text, done=4.0, text=text),
                   CheckTold(item="b", title=text, done=None, text="")),
        marks=(MarkTold(at=22.0, verdict="late", by=text, made="2026-01-06T10:00:00+00:00",
                        card="P1", rule=text, note=text),
               MarkTold(at=23.0, verdict="wrong", by="agent", made="", card="P1", rule="r",
                        note="")),
        notes=text,
        lines=(LineTold(start=1.0, end=3.0, side=A, text=text),
               LineTold(start=3.2, end=9.0, side=C, text=text, doubtful=True,
                        speaker_unsure=0.7, announcement=text, cues=(text,)),
               LineTold(start=9.0, end=9.5, side=A, text=text, heard=f"{text} as heard",
                        heard_side=C, put_right_by=text)),
    )  # fmt: skip


VOID = {"meta", "br"}
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "a", "main", "h1", "h2", "h3", "dl", "dt"),
    *("dd", "nav", "ul", "li", "section", "p", "figure", "figcaption", "div", "span", "table"),
    *("thead", "tbody", "tr", "th", "td", "article", "blockquote", "ol", "pre", "br", "code"),
    *("svg", "desc", "defs", "pattern", "line", "circle", "text", "path", "g", "rect"),
}
ATTRIBUTES = {
    *("id", "class", "href", "lang", "charset", "name", "content", "http-equiv", "scope", "role"),
    *("aria-label", "aria-labelledby", "tabindex", "viewbox", "x", "y", "x1", "x2", "y1", "y2"),
    *("cx", "cy", "r", "d", "width", "height", "fill", "stroke", "stroke-width", "text-anchor"),
    *("stroke-dasharray", "patternunits", "patterntransform", "data-name"),
}


class Page(HTMLParser):
    """Reads a page and complains of whatever a page of ours never has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in KNOWN
        assert {name for name, _ in attrs} <= ATTRIBUTES
        given = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [given["href"] or ""] if "href" in given else []
        self.labels += (given.get("aria-labelledby") or "").split()
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.words.append(data)


def trends(text: str = "words") -> AgentReport:
    heard = PointRaised(
        point="p", title=text, advice=text, moments=(ReportMoment(call=text, at=3, text=text),)
    )
    good = PointRaised(
        point="g", title=text, advice="", moments=(ReportMoment(call="b", at=3, lasted="4 s"),)
    )
    calls = [
        CallFigures(
            call=f"c{n}", began=float(n), week=f"2026-01-{5 + 7 * (n // 2):02d}", level=n % 3,
            last_level=0, talk_s=60.0, agent_share=None if n == 0 else 0.5, talk_overs=n,
            dead_air_s=3.0 * n, cards=2, used=n % 2, dismissed=0, done=3, items=6, score=None,
            heard=(heard, good) if n else (),
        )
        for n in range(4)
    ]  # fmt: skip
    weeks = (Week("2026-01-05", 2), Week("2026-01-12", 2))
    return AgentReport(
        agent=text, since=text, until=text, calls=4, split=text, weeks=weeks,
        measures=measured(calls, weeks), points=points_of(calls, calls[2:], well=False),
        well=points_of(calls, calls[2:], well=True), remarks=(text,),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["words", HOSTILE])
@pytest.mark.parametrize("mixed", [False, True])
def test_a_page_is_whole_and_nobodys_text_becomes_part_of_it(text: str, mixed: bool) -> None:
    for made in (call_page(report(text, mixed=mixed)), agent_page(trends(text))):
        page = Page(made)
        assert len(page.ids) == len(set(page.ids))
        assert {link[:1] for link in page.links} == {"#"}, "it leads nowhere but into itself"
        assert {link[1:] for link in page.links} <= set(page.ids)
        assert set(page.labels) <= set(page.ids)
        assert text in "".join(page.words)
        assert not re.search(r"url\((?!#)|@import|https?://(?!a\))", made)


def test_a_page_has_every_section_in_order() -> None:
    page = Page(call_page(report()))
    names = [name for name, _ in SECTIONS]
    assert [one for one in page.ids if one in names] == names


def test_a_wide_table_of_words_names_its_cells_for_narrow_screens() -> None:
    (line,) = table("", ["When", "", "<Why>", "What"], [["1", "2", "3", ""]])[3:-1]
    cells = ['<td data-name="When">1', "<td>2", '<td data-name="&lt;Why&gt;">3']
    assert line == f'<tr>{"</td>".join(cells)}</td><td data-name="What"></td></tr>'
    assert 'table class="words"' in "".join(call_page(report()))
    assert "data-name" not in "".join(table("", ["", "agent", "customer", "both"], [["1"] * 4], 3))


def test_every_second_of_the_call_can_be_linked_to() -> None:
    ids = Page(call_page(report())).ids
    assert [one for one in ids if one.startswith("t-")] == [f"t-{clock(n)}" for n in range(71)]
    assert (clock(59.9), clock(192), clock(3723)) == (
        "0:59",
        "3:12",
        "1:02:03",
    )


def test_a_stretch_off_the_record_stands_in_its_place_among_the_words() -> None:
    whole = report()
    after = LineTold(start=46.0, end=48.0, side=A, text="Thank you.")
    before = msgspec.structs.replace(whole, lines=(*whole.lines, after))
    for made, pause in (
        (call_text(before), "0:40 *off the record until 0:45*"),
        (call_page(before), "off the record until 0:45"),
    ):
        words = made[made.index("Transcript") :]
        assert words.count(pause) == 1
        assert words.index(pause) < words.index("Thank you.")
    assert "*off the record until 0:45*" in call_text(whole).splitlines()[-1]


def test_numbers_of_cards_never_lie_on_one_another() -> None:
    (card,) = report().cards
    close = [msgspec.structs.replace(card, at=at) for at in (20.0, 20.1, 20.2, 40.0, 70.0)]
    page = Page(call_page(msgspec.structs.replace(report(), cards=tuple(close))))
    picture = "\n".join(page.words).split("Figures")[1]
    assert [word for word in picture.splitlines() if word in ("1", "2", "3", "4", "5")] == [
        "1",
        "4",
        "5",
    ]


def test_an_empty_call_says_so() -> None:
    empty = msgspec.structs.replace(
        report(mixed=True), cards=(), kept_back=(), checklist=(), marks=(), notes="", lines=(),
        well=(), try_next="", seconds=0.0, ended=False,
        time_line=msgspec.structs.replace(report().time_line, seconds=0.0),
        matter=Matter(opening=(), wrong=(), wants=(), tried=(), promised=(), warnings=()),
    )  # fmt: skip
    words = " ".join(Page(call_page(empty)).words)
    for told in (
        "No words tell what the call was about.", "The call has no length.", "No card was shown.",
        "No card was kept back.", "No checklist is known.", "Nobody marked or noted anything.",
        "Nothing was said.", "the journal has no end", "one undivided track",
    ):  # fmt: skip
        assert told in words
    assert "## Cards" not in call_text(empty)


def test_what_became_of_a_card_and_why_stands_beside_it() -> None:
    words = " ".join(Page(call_page(report("something"))).words)
    for told in ("Became graver", "used", "right, and too late", "the agent, in the call",
                 "it had been shown not long before", "and 2 more"):  # fmt: skip
        assert told in words


def test_the_json_form_can_be_read_back() -> None:
    whole = report(HOSTILE)
    assert msgspec.json.decode(msgspec.json.encode(whole), type=CallReport) == whole
    both = trends(HOSTILE)
    assert msgspec.json.decode(msgspec.json.encode(both), type=AgentReport) == both


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words, 10.5 and it's so.", "plain words, 10.5 and it's so."),
        ("# no\nheading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("1. no list", "1\\. no list"),
        ("a | b", "a \\| b"),
        ("<b>*x*</b> [y](z) `q`", "\\<b\\>\\*x\\*\\</b\\> \\[y\\](z) \\`q\\`"),
    ],
)
def test_markdown_takes_text_for_text(text: str, written: str) -> None:
    assert md(text) == written


def test_no_line_of_markdown_begins_with_anybodys_text() -> None:
    hostile = "# x\n- y\n> z\n```\n<script>"
    for made in (call_text(report(hostile)), agent_text(trends(hostile))):
        assert "<script>" not in made.replace("\\<script\\>", "")
        begins = {line.strip().split(" ")[0] for line in made.splitlines() if line.strip()}
        assert begins <= {"#", "##", "###", "-", "1.", "|", ">", "In", "\\#"}


# --- an agent's calls ----------------------------------------------------------------------------


def test_every_measure_over_calls_by_hand() -> None:
    whole = {one.name: one.whole for one in trends().measures}
    found = {name: (round(one.value or 0, 3), one.count, one.of) for name, one in whole.items()}
    assert found == {
        "became upset or worse": (0.25, 1, 4),  # levels 0, 1, 2, 0
        "recovered": (1.0, 1, 1),
        "agent's share of speech": (0.5, 1.5, 3),
        "talk-overs": (1.5, 6, 4),
        "dead air": (4.5, 18, 4),
        "cards used": (0.25, 2, 8),
        "cards dismissed": (0.0, 0, 8),
        "checklist done": (0.5, 12, 24),
    }
    weeks = {one.name: [week.value for week in one.weeks] for one in trends().measures}
    assert weeks["dead air"] == [1.5, 7.5]
    assert weeks["recovered"] == [None, 1.0]


def test_a_point_says_how_often_it_came_up_before_and_after() -> None:
    (point,) = trends().points
    counts = [(one.count, one.of) for one in (point.whole, point.before, point.after)]
    assert counts == [(3, 4), (1, 2), (2, 2)]
    assert [moment.call for moment in point.moments] == ["words"] * 3
    (good,) = trends().well
    assert good.point == "g"
    words = " ".join(Page(agent_page(trends())).words)
    assert "These calls do not tell whether it changed" in words
    assert "to learn from and not to rank" in words


def test_a_change_is_told_only_where_calls_tell_it() -> None:
    def calls(having: range) -> list[CallFigures]:
        heard = PointRaised(
            point="p", title="t", advice="a", moments=(ReportMoment(call="c", at=1),)
        )
        return [
            CallFigures(
                call=f"c{n}", began=float(n), week="2026-01-05", level=0, last_level=0, talk_s=1.0,
                agent_share=None, talk_overs=None, dead_air_s=0.0, cards=0, used=0, dismissed=0,
                done=0, items=0, score=None, heard=(heard,) if n in having else (),
            )
            for n in range(20)
        ]  # fmt: skip

    for having, words in (
        (range(10), "less often"),
        (range(10, 20), "more often"),
        (range(5, 16), "do not tell"),
    ):
        some = calls(having)
        one = msgspec.structs.replace(
            trends(), points=points_of(some, some[10:], well=False), well=()
        )
        assert words in agent_text(one)
    some = calls(range(3))
    one = msgspec.structs.replace(trends(), points=points_of(some, [], well=False))
    assert "nothing can be compared" in agent_text(one)


def test_a_track_that_was_divided_is_called_so() -> None:
    divided = msgspec.structs.replace(
        report(), figures=msgspec.structs.replace(report().figures, both=SIDE)
    )
    sound = [dict(header(one))["Sound"] for one in (report(), report(mixed=True), divided)]
    assert sound == [
        "a track for each side",
        "both people on one undivided track",
        "one track, divided by the voices",
    ]
    sure = msgspec.structs.replace(report(), divided=True)  # nothing was left open
    assert dict(header(sure))["Sound"] == "one track, divided by the voices"
    for pages in (call_page, call_text):
        assert "began to speak over" in pages(report())
        assert "began to speak over" not in pages(sure)
        assert "talk-over cannot be told" in pages(sure)
