"""`ydx serve`: run one node until it is told to stop."""

from __future__ import annotations

from node.commands.settings import ConfigOption, load_settings


def serve(config: ConfigOption = None) -> None:
    """运行本节点，直到 Ctrl-C 或 SIGTERM / run this node until Ctrl-C or SIGTERM."""
    settings = load_settings(config).settings
    import signal
    import threading

    from node.bootstrap import interpreter

    interpreter.begin()

    from node.bootstrap.index_process import IndexProcess
    from node.telemetry.logs import configure

    configure(settings.telemetry.log_format, settings.telemetry.log_level)
    index_process = IndexProcess.fork()

    from node.bootstrap.node import Node  # half of all that is loaded: only after the copy

    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    node = Node(settings, index_process).start()
    interpreter.settle()
    stopping.wait()
    node.stop()
