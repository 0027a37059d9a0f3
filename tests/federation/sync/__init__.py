"""Tests of the rules of synchronization."""
