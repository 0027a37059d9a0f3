"""A federation in one process: real services, real SQLite, our own network and clock."""
