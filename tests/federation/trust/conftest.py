"""Laws are judged by their outcome: a slow machine decides no test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("ydx", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ydx")
