"""The page: self-contained, nothing in it runs, every figure is on it, and every printed sheet says what it has to."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader

from appraisal.form import FilledForm
from appraisal.forms import html_form, shown
from tests.appraisal.forms.samples import EVIL, five, hostile, odd, running
from tests.servers.needs import missing


class Reader(HTMLParser):
    """What a page consists of: tags, attributes, and the text as a reader has it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a tag and what it carries."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Notes a text."""
        self.texts.append(data)


def read(content: bytes) -> Reader:
    """A page, taken apart."""
    reader = Reader()
    reader.feed(content.decode())
    reader.close()
    return reader


@cache
def forms() -> dict[str, FilledForm]:
    """One of each card, and the unusual ones."""
    return {**{form.scorecard: form for form in five()}, **odd()}


def figures(form: FilledForm) -> Iterator[str]:
    """Every figure as it is to be read."""
    for line in form.lines:
        if line.status in {"ok", "so_far"}:
            yield shown.figure(line.value, line.unit)
        yield from (shown.places(line.score), shown.plain(line.cases), shown.percent(line.effective_weight))
        yield from (shown.places(line.points), shown.figure(line.shortfall, line.unit))
        for part in line.splits:
            yield from (shown.figure(part.value, line.unit), shown.plain(part.cases), shown.about(part.p90, line.unit))
        yield from (shown.figure(one.value, one.unit) for one in line.beside)
    yield from (shown.places(one.score) for one in form.dimensions)
    for role in form.roles:
        yield from (shown.places(one) for rater in role.raters for one in rater.scores)
        yield from [shown.places(role.total)] if role.total is not None else []
    yield from (shown.places(one) for one in (form.total, form.rating, form.bonus, form.adjusted_total) if one)
    for one in form.adjustments:
        yield from (shown.figure(one.value, one.unit), shown.places(one.score), shown.places(one.computed_score))
    yield from (str(one.count) for one in form.data_quality)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_of_the_form_stands_on_the_page(language: str) -> None:
    """Each in a cell, or in a line beneath it."""
    for name, form in forms().items():
        text = "\n".join(read(html_form(form, language)).texts)
        said = set(re.split(r"[\n·]| (?=p90)|(?:Median|中位数|p90) ", text)) | set(text.split())

        assert [] == [figure for figure in figures(form) if figure not in said], name


@pytest.mark.parametrize("evil", EVIL)
def test_no_name_becomes_markup_and_nothing_runs_or_is_fetched(evil: str) -> None:
    """The tags are those of the form, whoever it is about; a policy in the page forbids the rest."""
    for form in (five()[3],):
        plain, page = read(html_form(form, "zh")), read(html_form(hostile(form, evil), "zh"))
        known = {*plain.tags, "bdi", "br"}

        assert known >= set(page.tags)
        assert not {"script", "img", "link", "iframe", "a", "form"} & set(page.tags)
        assert not any(name.startswith("on") or name in {"src", "href"} for name, _ in page.attributes)
        assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes
        assert shown.text(evil).split("\n")[0].strip() in "".join(page.texts)


def test_the_style_fetches_nothing() -> None:
    """No address, no import, no font from elsewhere."""
    content = html_form(five()[0], "zh").decode()

    assert not re.search(r"url\(|@import|@font-face|https?:", content)


def test_a_name_from_right_to_left_turns_nothing_else_around() -> None:
    """It stands within its own bounds, and overrides are taken out."""
    content = html_form(hostile(five()[3], EVIL[10]), "zh").decode()

    assert "<bdi>إيلاف علي</bdi>" in content
    assert "\u202e" not in content


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_form_is_the_same_page_however_its_events_came(language: str) -> None:
    """Backwards and twice over."""
    assert [html_form(form, language) for form in five()] == [
        html_form(form, language) for form in five(backwards=True)
    ]


def test_what_cannot_be_said_is_a_dash_with_its_status() -> None:
    """In the cell of the value a dash, and in words why."""
    text = "".join(read(html_form(odd()["nothing at all"], "zh")).texts)

    assert "未上报；权重分给其他指标" in text
    assert "无样本；权重分给其他指标" in text
    assert "没有可计分的指标" in text


def test_what_may_still_change_says_so_beside_its_value() -> None:
    """It is scored all the same."""
    text = "".join(read(html_form(odd()["so far"], "zh")).texts)

    assert "暂计" in text
    assert "暂计" not in "".join(read(html_form(odd()["blocked"], "zh")).texts)
    assert Decimal(80) == next(odd()["so far"].lines).score


def test_every_printed_page_says_example_and_provisional(tmp_path: Path) -> None:
    """Printed by a real browser: the warnings, and whose form it is, are on each page."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        missing("Chromium")
    page, out = tmp_path / "form.html", tmp_path / "form.pdf"
    page.write_bytes(html_form(running(five()[2]), "en"))
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
               "--no-pdf-header-footer", f"--print-to-pdf={out}", page.as_uri()]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    pages = [one.extract_text() for one in PdfReader(io.BytesIO(out.read_bytes())).pages]

    assert len(pages) > 3
    assert all("EXAMPLE" in one and "PROVISIONAL" in one and "internet-team · 2026-Q4" in one for one in pages)
    assert (595, 842) == tuple(round(float(one)) for one in PdfReader(out).pages[0].mediabox[2:])
