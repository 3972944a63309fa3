"""Policies: what is promised to which ticket, and by which edition of the book."""

from sla.policy.book import PolicyBook, book_from, load_book, read_book
from sla.policy.edition import Edition
from sla.policy.errors import PolicyError
from sla.policy.schema import policy_schema

__all__ = ["Edition", "PolicyBook", "PolicyError", "book_from", "load_book", "policy_schema", "read_book"]
