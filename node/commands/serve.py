"""`ydx serve`: run one node until it is told to stop."""

from __future__ import annotations

from node.commands.settings import ConfigOption, load_settings

GC_THRESHOLD = 20_000
"""Allocations between two looks of the garbage collector: messages make no cycles."""


def serve(config: ConfigOption = None) -> None:
    """运行本节点，直到 Ctrl-C 或 SIGTERM / run this node until Ctrl-C or SIGTERM."""
    settings = load_settings(config).settings
    import gc
    import signal
    import threading

    gc.disable()  # what is imported and wired now stays: the collector would look in vain

    from node.bootstrap.node import Node
    from node.telemetry.logs import configure

    configure(settings.telemetry.log_format, settings.telemetry.log_level)
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    node = Node(settings).start()
    # It need not look at it later either, nor so often at the rest.
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(GC_THRESHOLD, 20, 20)
    stopping.wait()
    node.stop()
