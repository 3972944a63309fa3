"""What is written, and what is found out about it later."""
