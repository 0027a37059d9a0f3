"""Search, matching and duplicates over the catalogue, and the index behind them."""
