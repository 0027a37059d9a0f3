"""Measurements, not tests: nothing here decides whether the suite passes."""
