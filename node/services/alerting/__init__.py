"""Saved queries and deadlines: who is told of what, and by which way."""
