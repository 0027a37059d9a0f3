from ydx.exchange.v1 import ledger_agreements_pb2 as _ledger_agreements_pb2
from ydx.exchange.v1 import ledger_books_pb2 as _ledger_books_pb2
from ydx.exchange.v1 import ledger_proposals_pb2 as _ledger_proposals_pb2
from ydx.exchange.v1 import ledger_reconciliation_pb2 as _ledger_reconciliation_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
