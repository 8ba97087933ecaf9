"""A backtest as one HTML page: nothing is fetched, nothing runs, it can be mailed and printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from coach.backtest.report import ComparedRule, MarkedFigures, Report
from coach.backtest.report_text import moment_line, share_text, spared_lines
from coach.notes.review.places import link
from coach.notes.wording import count_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem;
  color: #1a1a1a; background: #fff; overflow-wrap: break-word }
.wide { overflow-x: auto }
table { border-collapse: collapse; margin: .5rem 0 2rem; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .7rem; text-align: right; vertical-align: top; white-space: nowrap;
  border-bottom: 1px solid #ddd }
th:first-child, td:first-child { text-align: left }
td.words, th.words { text-align: left }
th { background: #f4f4f4 }
.differs { font-weight: 600 }
.fails { border-left: .4rem solid #b00020; padding-left: .6rem }
.holds { border-left: .4rem solid #1b7f3b; padding-left: .6rem }
details { margin: .2rem 0 }
details p { margin: .1rem 0 .1rem 1.2rem }
summary { cursor: pointer }
blockquote { margin: .2rem 0 .6rem 1.2rem; color: #444 }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616 } th { background: #262626 }
  th, td { border-color: #3a3a3a } blockquote { color: #b5b5b5 }
}
"""
FIGURES = (
    ("fires", "fires"),
    ("calls", "calls"),
    ("shown", "shown"),
    ("an hour", "per_hour"),
    ("used", "used"),
    ("dismissed", "dismissed"),
    ("wrong", "wrong"),
)


def as_html(report: Report) -> Iterator[str]:
    """The page, piece by piece."""
    yield "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
    yield f"<meta http-equiv='Content-Security-Policy' content=\"{POLICY}\">"
    yield "<meta name='viewport' content='width=device-width'>"
    calls = count_of(report.calls, "call")
    yield f"<title>Backtest of {calls}</title><style>{STYLE}</style></head><body>\n"
    yield f"<h1>Backtest of {calls}, {report.hours:.2f} hours</h1>\n"
    yield f"<p>Old rules: {escape(report.old)}<br>New rules: {escape(report.new)}</p>\n"
    yield "".join(f"<p>{escape(line)}</p>\n" for line in spared_lines(report))
    levels = ", ".join(f"{name} {count}" for name, count in report.levels.items())
    yield f"<p>Worst level under the old rules: {escape(levels or '-')}</p>\n"
    yield (
        f"<p><strong>Cards gained {report.gained}, lost {report.lost}, "
        f"earlier {report.earlier}, later {report.later}</strong></p>\n"
    )
    for gate in report.gates:
        kind, word = ("holds", "Holds") if gate.holds else ("fails", "Fails")
        yield f"<p class='{kind}'>{word}: {escape(gate.gate)} ({escape(gate.why)})</p>\n"
    changed = [row for row in report.rules if row.changed]
    same = [row for row in report.rules if not row.changed]
    yield f"<h2>Rules that differ ({len(changed)})</h2>\n"
    yield from _rules(changed)
    yield from _kept_back(changed)
    yield from _judgements(report)
    yield from _moments(report)
    if same:
        yield f"<details><summary>Rules that did the same ({len(same)})</summary>\n"
        yield from _rules(same)
        yield "</details>\n"
    yield from _left_out(report)
    yield "</body></html>\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]], words: int = 1) -> Iterator[str]:
    """Cells are HTML already; the first ``words`` columns hold words."""

    def cells(tag: str, row: Iterable[str]) -> str:
        return "".join(
            f"<{tag} class='words'>{cell}</{tag}>" if n < words else f"<{tag}>{cell}</{tag}>"
            for n, cell in enumerate(row)
        )

    yield "<div class='wide' tabindex='0' role='group'><table>"
    yield f"<thead><tr>{cells('th', heads)}</tr></thead><tbody>\n"
    for row in rows:
        yield f"<tr>{cells('td', row)}</tr>\n"
    yield "</tbody></table></div>\n"


def _rules(rows: list[ComparedRule]) -> Iterator[str]:
    heads = ("rule", "gained", "lost", "earlier", "later", *(head for head, _ in FIGURES))
    if rows:
        yield from _table(heads, map(_cells, rows))


def _cells(row: ComparedRule) -> list[str]:
    changes = [str(n or "") for n in (row.gained, row.lost, row.earlier, row.later)]
    return [escape(row.rule), *changes, *(_both(row, name) for _, name in FIGURES)]


def _both(row: ComparedRule, name: str) -> str:
    old, new = (getattr(side, name) for side in (row.old, row.new))
    form = ".2f" if isinstance(old, float) else "d"
    if old == new:
        return format(old, form)
    return f"<span class='differs'>{old:{form}} &rarr; {new:{form}}</span>"


def _kept_back(rows: list[ComparedRule]) -> Iterator[str]:
    lines = [
        (escape(row.rule), escape(why.replace("_", " ")), str(old), str(new))
        for row in rows
        for why in sorted({*row.old.kept_back, *row.new.kept_back})
        for old, new in [(row.old.kept_back.get(why, 0), row.new.kept_back.get(why, 0))]
    ]
    if lines:
        yield "<h2>Cards kept back</h2>\n"
        yield from _table(("rule", "because", "old", "new"), lines, words=2)


def _judgements(report: Report) -> Iterator[str]:
    lines = [
        (escape(row.rule), name, *_judged(side.judgement))
        for row in report.rules
        for name, side in (("old", row.old), ("new", row.new))
        if side.judgement is not None
    ]
    if lines:
        yield f"<h2>At marked moments ({count_of(report.marks, 'mark')})</h2>\n"
        yield (
            f"<p>With 95 % intervals; a miss costs as much as {report.miss_costs:g} false "
            "alarms.</p>\n"
        )
        heads = ("rule", "rules", "right", "false", "missed", "precision", "recall", "F1", "cost")
        yield from _table(heads, lines, words=2)


def _judged(one: MarkedFigures) -> list[str]:
    counts = [str(count) for count in (one.right, one.false, one.missed)]
    shares = [share_text(share) for share in (one.precision, one.recall, one.f1)]
    return [*counts, *shares, f"{one.cost:g}"]


def _moments(report: Report) -> Iterator[str]:
    changes = report.gained + report.lost + report.earlier + report.later
    if not changes:
        return
    shown = len(report.moments)
    of = f"{changes}" if shown == changes else f"the first {shown} of {changes}"
    yield f"<h2>Moments ({of})</h2>\n"
    for moment in report.moments:
        yield f"<details open><summary>{escape(moment_line(moment))}</summary>\n"
        at = moment.old if moment.new is None else moment.new
        if at is not None:
            yield f"<p><code>{escape(link(moment.call, at))}</code></p>\n"
        for line in moment.lines:
            yield f"<blockquote>{escape(line)}</blockquote>\n"
        yield "</details>\n"


def _left_out(report: Report) -> Iterator[str]:
    if not report.unreadable:
        return
    yield f"<h2>Left out ({report.unreadable})</h2>\n<ul>\n"
    for one in report.left_out:
        yield f"<li>{escape(one.call)}: {escape(one.trouble)}</li>\n"
    yield "</ul>\n"
