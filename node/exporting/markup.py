"""HTML without templates: elements whose texts are always escaped, and how they are printed.

- Only `Markup` is taken as HTML; every other text is escaped, so none can be forgotten.
- A page has no script and loads nothing, and says so in its policy.
- A4; the foot of each page numbers it. Rows are not torn, headings of tables come again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from node.exporting.names import one_line
from node.services.ledger.words import Words

STYLE: Final = """
@page {
  size: A4;
  margin: 16mm 14mm 18mm;
  @bottom-center {
    content: "第 " counter(page) " 页 共 " counter(pages) " 页 · Page " counter(page) " of "
      counter(pages);
    font: 8pt sans-serif;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 182mm; padding: 0 0.25mm; color: #000; background: #fff;
  font: 9.5pt/1.45 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif;
}
h1 { font-size: 16pt; margin: 0 0 2mm; }
h2 { font-size: 12pt; margin: 6mm 0 2mm; break-after: avoid; break-inside: avoid; }
h3 { font-size: 10pt; margin: 4mm 0 1mm; break-after: avoid; break-inside: avoid; }
/* A heading asks for the room of a table's head and first row: browsers part it from them else. */
h2::after, h3::after { content: ""; display: block; height: 24mm; margin-bottom: -24mm; }
.en { display: block; color: #555; font-size: 82%; font-weight: normal; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td {
  border: 0.25mm solid #999; padding: 0.8mm 1.2mm; text-align: left; vertical-align: top;
  overflow-wrap: anywhere;
}
th { background: #eee; print-color-adjust: exact; }
.sum td { font-weight: bold; }
.fen { text-align: right; font-variant-numeric: tabular-nums; }
.digest { font-family: monospace; font-size: 85%; }
"""


class Markup(str):
    """A text that is HTML."""

    __slots__ = ()


Content = str | Words | Markup


def content(said: Content) -> Markup:
    """Return what is said as HTML; of two languages the second stands under the first."""
    if isinstance(said, Markup):
        return said
    if isinstance(said, Words):
        under = element("span", said.en, "en") if said.en else ""
        return Markup(content(said.zh) + under)
    return Markup(escape(one_line(said)))


def element(tag: str, said: Content, look: str = "") -> Markup:
    """Return an element with a class."""
    attributes = f' class="{look}"' if look else ""
    return Markup(f"<{tag}{attributes}>{content(said)}</{tag}>")


def joined(pieces: Iterable[Markup]) -> Markup:
    """Return pieces one a line."""
    return Markup("\n".join(pieces))


def row(cells: Sequence[Content], look: str = "") -> Markup:
    """Return a row; a cell that is an element already stays one."""
    made = joined(_cell(cell) for cell in cells)
    return element("tr", made, look)


def table(headings: Sequence[Words], widths: Sequence[int], rows: Iterable[Markup]) -> Markup:
    """Return a table whose columns have widths in percent."""
    columns = "".join(f'<col style="width:{width}%">' for width in widths)
    heads = Markup("".join(element("th", heading) for heading in headings))
    return Markup(
        f"<table><colgroup>{columns}</colgroup>\n"
        f"{element('thead', element('tr', heads))}\n"
        f"{element('tbody', joined(rows))}</table>"
    )


def page(title: str, body: Iterable[Markup]) -> str:
    """Return a whole page."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{element('title', title)}\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{joined(body)}\n</body>\n</html>\n"
    )


def _cell(said: Content) -> Markup:
    is_cell = isinstance(said, Markup) and said.startswith("<td")
    return content(said) if is_cell else element("td", said)
