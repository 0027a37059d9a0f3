"""Tests of federation.trust."""
