"""Tests of node.importing."""
