"""The PDF: every figure, the same bytes, fonts inside, and a clear word where there is no font."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from appraisal.forms import NoFont, pdf_form, shown
from appraisal.forms.pdf import CHINESE
from tests.appraisal.forms.samples import EVIL, five, hostile, odd, running
from tests.appraisal.forms.test_page import figures
from tests.servers.needs import missing


@pytest.fixture(autouse=True, scope="module")
def _font() -> None:
    """Nothing can be printed without one."""
    if not set(CHINESE) & set(typst.Fonts().families()):
        missing("a Chinese font (fonts-noto-cjk)")


@cache
def pages(form_of: str, language: str) -> list[str]:
    """The text of each page of a form."""
    return read(pdf_form({one.scorecard: one for one in five()}[form_of], language))


def read(content: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


@pytest.mark.parametrize("card", [form.scorecard for form in five()])
def test_every_figure_of_the_form_stands_in_the_pdf(card: str) -> None:
    """As on the page."""
    form = next(one for one in five() if one.scorecard == card)
    said = set(" ".join(pages(card, "zh")).split())

    assert [] == [figure for figure in figures(form) if figure not in said]


def test_the_same_form_is_the_same_bytes_however_its_events_came() -> None:
    """Backwards and twice over; the time of creation is that of the figures."""
    form, again = five()[3], five(backwards=True)[3]
    content = pdf_form(form, "zh")

    assert content == pdf_form(again, "zh")
    assert "2027-01-08T16:00:00+00:00" == str(PdfReader(io.BytesIO(content)).metadata.creation_date.isoformat())  # type: ignore[union-attr]


def test_fonts_are_inside_and_only_the_letters_that_are_needed() -> None:
    """So that it prints the same in ten years; a whole Chinese font has twenty megabytes."""
    content = pdf_form(five()[3], "zh")
    fonts = {
        str(font["/BaseFont"]): font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in PdfReader(io.BytesIO(content)).pages
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values())  # type: ignore[index]
    }

    assert fonts
    assert all(name[7] == "+" and ("/FontFile2" in made or "/FontFile3" in made) for name, made in fonts.items())
    assert len(content) < 200_000


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_says_example_and_provisional_and_whose_form_it_is(language: str) -> None:
    """A page that got lost is not taken for more than it is."""
    form = running(odd()["whole steps"]).model_copy(update={"example": True})
    found = read(pdf_form(form, language))

    assert len(found) >= 2
    for number, text in enumerate(found, 1):
        assert "示例" in text or "EXAMPLE" in text
        assert "暂定" in text or "PROVISIONAL" in text
        assert "network · small · 2026-Q4" in text
        assert f"第 {number} 页" in text or f"Page {number} of {len(found)}" in text


def test_a_folder_without_a_chinese_font_is_refused_with_the_mend(tmp_path: Path) -> None:
    """Before anything is printed."""
    with pytest.raises(NoFont, match=r"no Chinese font in .*: install one \(Debian: apt-get install fonts-noto-cjk\)"):
        pdf_form(five()[3], "zh", font_paths=[tmp_path])


def test_a_letter_that_no_font_has_is_refused_by_name() -> None:
    """A name with a hole in it is not printed."""
    with pytest.raises(NoFont, match=r"no font here has U\+13000 '𓀀', .* install a font that has it"):
        pdf_form(hostile(five()[3], "王𓀀"), "zh")


def test_no_name_is_taken_for_markup() -> None:
    """Typst's own signs stand there as they are written, and a letter from right to left finds a font."""
    form = odd()["half a cent"]
    every = " | ".join(EVIL)
    found = _bare("".join(read(pdf_form(hostile(form, every), "zh"))))

    assert [] == [one for one in EVIL if "إ" not in one and _bare(shown.text(one))[:60] not in found]


def _bare(text: str) -> str:
    """A text without the spaces and places to break that setting it put in."""
    return "".join(text.replace("\u200b", "").split())


def test_unusual_forms_are_printed_too() -> None:
    """Nothing measured, blocked, adjusted, unrated."""
    for form in odd().values():
        assert pdf_form(form, "en").startswith(b"%PDF-1.7")


def test_a_name_from_right_to_left_leaves_the_period_whole() -> None:
    """At the foot of each page it is one word among others, in their order."""
    found = read(pdf_form(hostile(odd()["half a cent"], "إيلاف علي"), "zh"))

    assert all("2026-Q4" in text for text in found)
