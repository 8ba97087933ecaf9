"""What every page of a report shares: the frame, the style, and how text goes into it.

A page is one file that loads nothing: no script, no font, no picture from elsewhere, and a content
policy that would forbid it. It follows the reader's light or dark setting and prints in light.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from coach.events.lengths import clock

FEW_COLUMNS = 3
"""So many columns of words fit beside each other on a narrow screen."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--quiet:#556070;--paper:#fff;--panel:#f4f6f9;
--line:#ccd3dc;--agent:#1f5fa8;--customer:#9a4a00;--bad:#a3262a;--good:#1e6b45;--hatch:#8a94a3}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--quiet:#a3adbb;--paper:#14181f;
--panel:#1d232d;--line:#3a4453;--agent:#7db4f5;--customer:#f2a863;--bad:#ff8f8f;--good:#79d3a3;
--hatch:#7c8797}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0 auto;max-width:68rem;padding:1rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;
overflow-wrap:break-word}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.4rem 0}
a{color:var(--agent)}
a:focus-visible{outline:3px solid var(--agent);outline-offset:2px}
.time{font-variant-numeric:tabular-nums;white-space:nowrap}
.quiet{color:var(--quiet)}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;padding:0}
dl.facts{display:grid;grid-template-columns:fit-content(11rem) 1fr;gap:.15rem 1rem;margin:.5rem 0}
dl.facts dt{color:var(--quiet)}
dl.facts dd{margin:0;min-width:0}
.wide{overflow-x:auto;background:
linear-gradient(to right,var(--paper) 40%,transparent) left/2rem 100% no-repeat local,
linear-gradient(to left,var(--paper) 40%,transparent) right/2rem 100% no-repeat local,
linear-gradient(to right,var(--hatch),transparent) left/.6rem 100% no-repeat scroll,
linear-gradient(to left,var(--hatch),transparent) right/.6rem 100% no-repeat scroll}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;
border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right}
caption{text-align:left;color:var(--quiet);padding-bottom:.3rem}
.note{background:var(--panel);border-left:4px solid var(--quiet);padding:.5rem .8rem;margin:.6rem 0}
.card{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;
padding:.6rem .8rem;margin:.6rem 0;break-inside:avoid}
.card h3{margin:0}
.card.grave{border-left:4px solid var(--bad)}
blockquote{margin:.3rem 0;padding-left:.8rem;border-left:3px solid var(--line)}
ol.lines{list-style:none;padding:0;margin:0}
ol.lines>li{display:grid;grid-template-columns:4.5rem 5.5rem 1fr;gap:.6rem;padding:.15rem .3rem;
break-inside:avoid}
ol.lines>li:target,ol.lines>li:has(:target){background:var(--panel);outline:2px solid var(--agent)}
.AGENT{color:var(--agent)}.CUSTOMER{color:var(--customer)}
.unsure{font-style:italic;color:var(--quiet)}
.cue{color:var(--bad);font-size:.875rem}
pre{white-space:pre-wrap;font:inherit;margin:.3rem 0}
svg{display:block;width:100%;min-width:44rem;height:auto}
svg.chart{max-width:44rem;min-width:28rem}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;
fill:var(--ink)}
svg .q{fill:var(--quiet)}
svg .g{stroke:var(--line);stroke-width:1}
svg .lv{fill:var(--bad);fill-opacity:.22;stroke:var(--bad);stroke-width:2}
svg .md{fill:none;stroke-width:2}
svg .a{stroke:var(--agent)}svg .c{stroke:var(--customer)}
svg .fa{fill:var(--agent)}svg .fc{fill:var(--customer)}svg .fb{fill:var(--quiet)}
svg .over{fill:var(--bad)}svg .off{fill:var(--line)}
svg .si{fill:url(#hatch);stroke:var(--hatch);stroke-width:.5}
svg .ho{fill:url(#dots);stroke:var(--hatch);stroke-width:.5}
svg .kb{fill:none;stroke:var(--quiet);stroke-width:1.5}
svg .cd{fill:var(--ink)}svg .cd.grave{fill:var(--bad)}
svg .b{stroke:var(--agent);stroke-width:2}svg .d{fill:var(--agent)}
.skip{position:absolute;left:-999rem}.skip:focus{position:static}
@media (max-width:40rem){body{padding:.6rem}dl.facts{grid-template-columns:fit-content(7rem) 1fr}
ol.lines>li{grid-template-columns:3.5rem 1fr}
ol.lines>li>:last-child{grid-column:1/-1}
table.words thead{position:absolute;left:-999rem}
table.words tr,table.words td{display:block}
table.words tr{border-bottom:1px solid var(--line);padding:.3rem 0}
table.words td{border:0;padding:.1rem 0}
table.words td:empty{display:none}
table.words td[data-name]::before{content:attr(data-name) " ";color:var(--quiet)}}
@media print{:root{color-scheme:light;--ink:#000;--quiet:#444;--paper:#fff;--panel:#f4f4f4;
--line:#bbb;--agent:#1f5fa8;--customer:#8a4200;--bad:#8d1c20;--good:#155335;--hatch:#777}
body{max-width:none;font-size:10.5pt;padding:0}nav,.skip{display:none}a{color:inherit;
text-decoration:none}svg,svg.chart{min-width:0}.wide{overflow:visible;background:none}
h2,h3{break-after:avoid}figure,tr,.note{break-inside:avoid}}
figure{margin:.5rem 0}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.875rem;color:var(--quiet)}
"""


def esc(text: object) -> str:
    """Text as it may stand anywhere in a page, in quotes too."""
    return escape(str(text), quote=True)


def document(title: str, body: Iterable[str], *, language: str = "en") -> str:
    """A whole page; ``body`` is HTML already."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{esc(language)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{esc(title)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#content">To the content</a>',
            '<main id="content">',
            *body,
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def anchor(seconds: float) -> str:
    """The place of a second of the call in its page: ``t-3:12``."""
    return f"t-{clock(seconds)}"


def at(seconds: float) -> str:
    """A time that leads to its place in the transcript."""
    return f'<a class="time" href="#{anchor(seconds)}">{clock(seconds)}</a>'


def section(name: str, title: str, body: Sequence[str], empty: str = "") -> list[str]:
    """A section with a heading; with nothing in it, what ``empty`` says, or nothing at all."""
    if not body and not empty:
        return []
    inside = list(body) if body else [f'<p class="quiet">{esc(empty)}</p>']
    heading = f'<h2 id="{name}-title">{esc(title)}</h2>'
    return [
        f'<section id="{name}" aria-labelledby="{name}-title">',
        heading,
        *inside,
        "</section>",
    ]


def facts(entries: Iterable[tuple[str, str]]) -> list[str]:
    """Names with their values, which are HTML already; empty ones are left out."""
    told = [f"<dt>{esc(name)}</dt><dd>{value}</dd>" for name, value in entries if value]
    return ['<dl class="facts">', *told, "</dl>"] if told else []


def bullets(entries: Iterable[str]) -> list[str]:
    """A list whose entries are HTML already."""
    items = [f"<li>{entry}</li>" for entry in entries]
    return ["<ul>", *items, "</ul>"] if items else []


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], figures: int = 0
) -> list[str]:
    """A table whose cells are HTML already; the last ``figures`` columns are set to the right.

    Where all is words, a narrow screen shows each row as lines, with the heads before them.
    """
    first = len(heads) - figures
    classes = ["" if column < first else ' class="n"' for column in range(len(heads))]
    top = "".join(
        f'<th scope="col"{kind}>{esc(head)}</th>' for head, kind in zip(heads, classes, strict=True)
    )
    words = not figures and len(heads) > FEW_COLUMNS
    if words:
        classes = [f' data-name="{esc(head)}"' if head else "" for head in heads]
    kind = ' class="words"' if words else ""
    lines = []
    for row in rows:
        cells = [f"<td{of}>{cell}</td>" for cell, of in zip(row, classes, strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    if not lines:
        return []
    return [
        f'<div class="wide"><table{kind}>',
        f"<caption>{esc(caption)}</caption>" if caption else "",
        f"<thead><tr>{top}</tr></thead><tbody>",
        *lines,
        "</tbody></table></div>",
    ]
