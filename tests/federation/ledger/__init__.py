"""Tests of federation.ledger."""
