"""Tests that mirror `federation`."""
