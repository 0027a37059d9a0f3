"""Tests of node.bootstrap."""
