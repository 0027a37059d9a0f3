from ydx.exchange.v1 import contract_messages_pb2 as _contract_messages_pb2
from ydx.exchange.v1 import organisation_view_pb2 as _organisation_view_pb2
from ydx.exchange.v1 import report_pb2 as _report_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
