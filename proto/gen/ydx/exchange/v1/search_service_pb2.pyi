from ydx.exchange.v1 import alerts_pb2 as _alerts_pb2
from ydx.exchange.v1 import duplicate_pb2 as _duplicate_pb2
from ydx.exchange.v1 import match_pb2 as _match_pb2
from ydx.exchange.v1 import search_pb2 as _search_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
