"""A filled form as the files that HR keeps: a workbook with its formulas, a page to print, a PDF."""

from appraisal.forms.workbook import xlsx_form

__all__ = ["xlsx_form"]
