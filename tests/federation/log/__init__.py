"""Tests of the log: vectors, attacks, laws."""
