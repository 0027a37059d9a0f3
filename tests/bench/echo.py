"""The bare echo server: what a call costs when nothing is done in it.

    python -m tests.bench.echo REPLY_BYTES

The server type of `node.rpc.server` with its options and its number of threads, and nothing else:
no token, no request parsed, a reply of fixed size. It prints its port and ends with its standard
input, so it never outlives who started it.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from node.config.settings import Limits
from node.rpc.limits import RpcLimits, server_options


class _Echo(grpc.GenericRpcHandler):
    """Answers every method alike."""

    def __init__(self, reply: bytes) -> None:
        self._handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(
            lambda _request, _context: reply
        )

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[bytes, bytes]:
        del handler_call_details
        return self._handler


def main() -> None:
    """Serve until standard input ends."""
    threads = Limits().unary_threads
    server = grpc.server(
        ThreadPoolExecutor(threads),
        [_Echo(bytes(int(sys.argv[1])))],
        options=server_options(RpcLimits(unary_threads=threads)),
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop(0).wait()


if __name__ == "__main__":
    main()
