"""Synchronization: how a log is copied, witnessed, confirmed and started. Pure but for `client`."""
