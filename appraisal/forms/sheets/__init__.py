"""The sheets of a form as a workbook, one question a file."""
