"""A filled form as the files that HR keeps: a workbook with its formulas, a page to print, a PDF."""

from appraisal.forms.page import html_form
from appraisal.forms.pdf import NoFont, pdf_form
from appraisal.forms.workbook import xlsx_form

__all__ = ["NoFont", "html_form", "pdf_form", "xlsx_form"]
