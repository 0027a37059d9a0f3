"""Tests of node.search."""
