"""Tests of node.demo."""
