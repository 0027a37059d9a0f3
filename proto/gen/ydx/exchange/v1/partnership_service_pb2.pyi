from ydx.exchange.v1 import enquiry_messages_pb2 as _enquiry_messages_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
