"""The statement on paper, as a real Chromium prints it: A4, in Chinese, every page numbered."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from node.exporting.statement_page import statement_page
from tests.node.exporting.books import story

if TYPE_CHECKING:
    from pathlib import Path

    from node.exporting.book import LedgerBook

CHROMIUM: Final = "chromium-headless-shell"
PRINTED_WITHIN_S: Final = 120
PAGES_MIN: Final = 2
_A4_POINTS: Final = (595, 842)
_CAPITAL: Final = re.compile(
    ">((?:负)?[零壹贰叁肆伍陆柒捌玖][零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+)<"
)
_HEADING: Final = re.compile(r"<h[23]>(.+?)</h[23]>")
_TAG: Final = re.compile("<[^>]+>")
_NUMBERED: Final = re.compile(r"第 (\d+) 页 共 (\d+) 页")


class Printed(NamedTuple):
    """A document on paper."""

    sizes: list[tuple[int, int]]
    """Width and height of each page in points."""
    texts: list[str]
    """What each page says."""


def printed(page: str, folder: Path) -> Printed:
    """Print a page as a person at an office printer does."""
    source, paper = folder / "statement.html", folder / "statement.pdf"
    source.write_text(page, encoding="utf-8")
    _run(
        *(CHROMIUM, "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
        *(f"--print-to-pdf={paper}", f"--user-data-dir={folder}/profile", source.as_uri()),
    )
    told = _run("pdfinfo", "-l", "-1", str(paper))
    sizes = [
        (round(float(width)), round(float(height)))
        for width, height in re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", told)
    ]
    texts = _run("pdftotext", "-raw", str(paper), "-").split("\f")[:-1]
    return Printed(sizes, texts)


def _run(*command: str) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=PRINTED_WITHIN_S
    )
    return done.stdout


@pytest.fixture(scope="module")
def book() -> LedgerBook:
    return story()


def _need_chromium() -> None:
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"{CHROMIUM} is not installed; on Debian: apt-get install {CHROMIUM}")


@pytest.fixture(scope="module")
def paper(book: LedgerBook, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    _need_chromium()
    return printed(statement_page(book, book.statements[1]), tmp_path_factory.mktemp("print"))


def test_every_page_is_a4_upright_and_numbered(paper: Printed) -> None:
    count = len(paper.texts)
    assert count >= PAGES_MIN
    assert paper.sizes == [_A4_POINTS] * count
    numbers = [found.groups() for text in paper.texts for found in _NUMBERED.finditer(text)]
    assert numbers == [(str(number), str(count)) for number in range(1, count + 1)]


def test_what_the_statement_says_is_on_the_paper(book: LedgerBook, paper: Printed) -> None:
    # A column breaks lines where a reader does not, so blanks do not count.
    told = "".join("".join(paper.texts).split())
    for said in (book.title, "期初余额", "国家技术转移东部中心", book.statements[1].digest().hex()):
        assert "".join(said.split()) in told
    capitals = _CAPITAL.findall(statement_page(book, book.statements[1]))
    assert len(capitals) > 1
    for capital in capitals:
        assert capital in told


def test_every_character_has_a_glyph(paper: Printed) -> None:
    assert not [text for text in paper.texts if "\ufffd" in text]


def test_no_heading_is_parted_from_its_table_wherever_a_page_ends(
    book: LedgerBook, tmp_path: Path
) -> None:
    _need_chromium()
    page = statement_page(book, book.statements[1])
    head, body = page.split("<body>")
    body, tail = body.split("</body>")
    moved = "".join(f'<p style="height: {3 * n}mm"></p>{body}' for n in range(30))
    headings = [_TAG.sub("\n", said).split() for said in _HEADING.findall(page)]
    assert ["多边轧差", "Multilateral"] in headings
    pages = [
        [line for line in text.splitlines() if line.strip() and not _NUMBERED.match(line)]
        for text in printed(f"{head}<body>{moved}</body>{tail}", tmp_path).texts
    ]
    for lines, following in pairwise(pages):
        assert [lines[-1], following[0]] not in headings
        assert lines[-2:] not in headings
