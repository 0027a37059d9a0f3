"""HTTP: the logs as static tiles for anybody, metrics and probes for who watches the node."""
