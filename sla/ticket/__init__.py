"""One ticket: the fold of its events, its clocks, and what they say."""
