"""Tests of federation.records."""
