"""One destination in each file: how it is written, how it is read, and its twin in memory."""
