"""The filled examples in the docs are what is printed today."""

from __future__ import annotations

from pathlib import Path

import pytest

from appraisal.form import FilledForm
from appraisal.forms import html_form, xlsx_form
from tests.appraisal.forms.samples import FIVE

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples-appraisal"
CARDS = sorted(card for _, card in FIVE)


def test_each_card_has_one_example_in_every_form() -> None:
    """JSON, XLSX, HTML and PDF."""
    found = {card: sorted(path.suffix for path in (EXAMPLES / card).iterdir()) for card in CARDS}

    assert {card: [".html", ".json", ".pdf", ".xlsx"] for card in CARDS} == found


@pytest.mark.parametrize("card", CARDS)
def test_an_example_is_what_its_figures_are_printed_as(card: str) -> None:
    """To print them anew: python examples/appraisal_forms.py docs/examples-appraisal."""
    (path,) = (EXAMPLES / card).glob("*.json")
    form = FilledForm.model_validate_json(path.read_bytes())

    assert html_form(form, "zh") == path.with_suffix(".html").read_bytes()
    assert xlsx_form(form, "zh") == path.with_suffix(".xlsx").read_bytes()
