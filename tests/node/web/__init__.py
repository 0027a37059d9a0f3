"""Tests of the HTTP listeners, over real sockets."""
