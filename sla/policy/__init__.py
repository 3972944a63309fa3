"""Policies: what is promised to which ticket, and by which edition of the book."""
