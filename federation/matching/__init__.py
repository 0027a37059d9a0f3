"""Finding the partner: terms, text score, indicators, points. Two members agree on each."""
