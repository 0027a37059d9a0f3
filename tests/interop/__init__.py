"""A program that nobody here wrote verifies what the members publish."""
