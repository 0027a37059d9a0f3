"""ConfirmContract over a real listener: the answer, a retry, and what is confirmed no more."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import grpc
import pytest

from node.rpc.client_errors import read_error
from tests.node.rpc.contract_serving import Client, ContractExchange, contract_listener
from tests.node.services.partnership.contract_partners import Partners, small_partners
from tests.node.services.partnership.contract_texts import BUYER, SELLER, amended
from ydx.exchange.v1 import contract_messages_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    with small_partners(tmp_path) as given:
        yield given


def test_a_confirmation_is_answered_with_the_version_that_was_confirmed(
    partners: Partners, tmp_path: Path
) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    with contract_listener(ContractExchange(buyer, tmp_path / "buyer")) as port:
        client = Client(port)
        with client.channel:
            first = buyer.show(name).etag
            confirm = pb.ConfirmContractRequest(name=name, etag=first, request_id=str(uuid.uuid4()))
            assert client.call("ConfirmContract", confirm).etag == first
            seller.writing.amend(name, amended(150_000_000), "", seller.options())
            partners.sync()
            retried = client.call("ConfirmContract", confirm)
            assert retried.etag == first != retried.contract.etag
            assert not retried.contract.confirmed
            confirm.request_id = ""
            with pytest.raises(grpc.RpcError) as stale:
                client.call("ConfirmContract", confirm)
            assert read_error(stale.value).reason == "STALE_ETAG"
