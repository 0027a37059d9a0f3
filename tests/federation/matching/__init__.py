"""Tests of federation.matching."""
