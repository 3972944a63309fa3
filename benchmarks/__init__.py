"""How fast, beside what: each module is a command that prints ratios."""
