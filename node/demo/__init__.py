"""The demo: five members on one machine."""
