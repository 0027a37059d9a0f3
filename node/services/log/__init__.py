"""The own log: its only writer, what it writes, and the check of all that is stored."""
