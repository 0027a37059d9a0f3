"""Tests of the command `ydx`."""
