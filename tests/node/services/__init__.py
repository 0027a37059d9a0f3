"""Tests of node/services."""
