"""The policy book a desk can start with: data, no code; a package only so that it is found wherever it is installed."""
