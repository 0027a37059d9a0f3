"""Tests of what operators run: alert rules, dashboard, unit, container files and guides."""
