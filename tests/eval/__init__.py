"""How well the right partner is found: measured, never asserted."""
