"""`ydx listing`: one record, its revisions, its receipt; against a real listener."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import Refused
from federation.log.receipt import parse_receipt
from federation.trust.carrying import carried, carry
from node.rpc.exchange_client import ExchangeClient
from node.services.catalogue.records import LISTING
from tests.node.services.own_node import PLATFORM, supply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.conftest import Served
    from tests.node.commands.running import Said


@pytest.fixture
def listing(served: Served) -> Any:
    """Return a listing that was published and revised once."""
    node = served.node
    published = node.publishing.publish(PLATFORM, LISTING, supply(1), node.options()).record
    changed = supply(1, trl=8)

    def revised(_stored: object) -> Any:
        return changed

    return node.publishing.revise(PLATFORM, LISTING, published.name, revised, node.options()).record


def test_show_lists_the_fields_or_gives_the_record(ydx: Callable[..., Said], listing: Any) -> None:
    table = ydx("listing", "show", listing.name)
    assert table.code == 0
    for text in ("字段", "public.title", listing.public.title, "info.revision", "供给"):
        assert text in table.out
    assert "LISTING_KIND" not in table.out
    shown = ydx("listing", "show", listing.name, "--json").json["listing"]
    assert (shown["name"], shown["public"]["trl"]) == (listing.name, 8)


def test_history_tells_what_each_revision_changed(ydx: Callable[..., Said], listing: Any) -> None:
    first, second = ydx("listing", "history", listing.name, "--json").json["revisions"]
    assert (first["revision"], first["changed"]) == (1, [])
    assert (second["revision"], second["changed"]) == (2, ["public.trl"])
    assert first["listing"]["public"]["trl"] == 6
    assert second["state"] == "PUBLISHED"
    told = ydx("listing", "history", listing.name).out
    at = datetime.fromisoformat(second["recorded_at"]) + timedelta(hours=8)
    assert f"{at:%Y-%m-%d %H:%M:%S}" in told
    assert "时间（北京）" in told
    assert f"{at:%Y-%m-%d %H:%M:%S}（北京时间）" in ydx("listing", "show", listing.name).out
    assert "public.trl" in told
    assert "公开" in told


def test_a_withdrawal_is_the_last_revision_and_changes_no_field(
    ydx: Callable[..., Said], served: Served, listing: Any
) -> None:
    node = served.node
    node.publishing.withdraw(PLATFORM, LISTING, listing.name, node.options(), "", 0, "")
    last = ydx("listing", "history", listing.name, "--json").json["revisions"][-1]
    assert (last["revision"], last["state"], last["changed"]) == (3, "WITHDRAWN", [])


def test_a_receipt_goes_to_a_file_byte_for_byte(
    ydx: Callable[..., Said], served: Served, listing: Any, tmp_path: Path
) -> None:
    served.exchange.checkpoint(is_confirmed=True)
    said = ydx("listing", "receipt", listing.name, "--part", "public", "--out", "r.txt", "--json")
    assert (said.code, said.json["confirmed"]) == (0, True)
    raw = (tmp_path / "r.txt").read_bytes()
    assert raw.decode() == said.json["receipt"]
    assert parse_receipt(raw).leaf_index == listing.info.leaf_index
    assert carried(raw) == [*served.exchange.trust_files]
    without = ydx("listing", "receipt", listing.name, "--part", "public", "--no-trust").out
    assert without.encode() == carry(raw, ())


@pytest.mark.parametrize("reason", ["MESSAGE_TOO_LARGE", "UNKNOWN_METHOD"])
def test_a_receipt_that_cannot_carry_the_trust_files_comes_without_and_says_so(
    ydx: Callable[..., Said],
    served: Served,
    listing: Any,
    monkeypatch: pytest.MonkeyPatch,
    reason: str,
) -> None:
    served.exchange.checkpoint(is_confirmed=True)
    without = ydx("listing", "receipt", listing.name, "--no-trust")
    to_file = ydx("listing", "receipt", listing.name, "--no-trust", "--out", "r.txt")
    assert (to_file.out, to_file.err) == ("", "已写入收据：r.txt\n")
    asked = ExchangeClient.call

    def call(client: ExchangeClient, method: str, /, **fields: Any) -> Any:
        if method == "GetTrustFiles":
            raise Refused(reason, "too much, or too new")
        return asked(client, method, **fields)

    monkeypatch.setattr(ExchangeClient, "call", call)
    said = ydx("--lang", "en", "listing", "receipt", listing.name)
    assert (said.code, said.out, without.err) == (0, without.out, "")
    assert f"without the trust files ({reason})" in said.err


def test_a_receipt_opens_one_part(ydx: Callable[..., Said], listing: Any) -> None:
    asked = ("listing", "receipt", listing.name, "--part", "public", "--part", "members", "--json")
    refused = ydx(*asked).json["error"]
    assert [(one["field"], one["rule"]) for one in refused["fields"]] == [("part", "ONE_PART")]


def test_a_receipt_that_cannot_be_written_is_told(
    ydx: Callable[..., Said], served: Served, listing: Any
) -> None:
    served.exchange.checkpoint()
    said = ydx("listing", "receipt", listing.name, "--out", "none/r.txt", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_FILE")


def test_a_provisional_receipt_says_so(
    ydx: Callable[..., Said], served: Served, listing: Any
) -> None:
    served.exchange.checkpoint()
    said = ydx("--lang", "en", "listing", "receipt", listing.name)
    assert said.out.startswith("c2sp.org/tlog-proof@v1\n")
    assert "provisional" in said.err


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nodes/anhui/listings/00041061050r3gg28a1c60t3gf", "RECORD_NOT_FOUND"),
        ("anhui/1", "INVALID_FIELD"),
    ],
)
def test_a_name_that_is_none_is_told_with_its_reason(
    ydx: Callable[..., Said], listing: Any, name: str, reason: str
) -> None:
    del listing
    said = ydx("listing", "show", name, "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, reason)
    assert said.json["error"]["cure"]


@pytest.mark.parametrize(
    ("options", "reason", "told"),
    [
        pytest.param(["--token", ""], "TOKEN_MISSING", "YDX_TOKEN", id="without a token"),
        pytest.param(
            ["--node", "node.example:7401"], "BAD_CONFIG", "--ca", id="plaintext off this machine"
        ),
        pytest.param(["--node", "nonsense"], "INVALID_FIELD", "host:port", id="no address"),
        pytest.param(["--ca", "none.pem"], "BAD_FILE", "none.pem", id="no such certificate"),
    ],
)
def test_how_a_node_is_reached_is_checked_before_a_token_leaves(
    ydx: Callable[..., Said], listing: Any, options: list[str], reason: str, told: str
) -> None:
    said = ydx("listing", "show", listing.name, *options, "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, reason)
    assert told in said.json["error"]["what"] + said.json["error"]["cure"]


def test_without_node_the_one_of_the_configuration_is_asked(
    ydx: Callable[..., Said],
    served: Served,
    listing: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("YDX_NODE")
    port = served.address.rpartition(":")[2]
    (tmp_path / "ydx.toml").write_text(
        f'[node]\nmember = "anhui"\nfederation = "ydx.example"\n'
        f'[listen]\nexchange = "127.0.0.1:{port}"\n'
    )
    assert ydx("listing", "show", listing.name).code == 0
    (tmp_path / "ydx.toml").write_text(
        '[node]\nmember = "anhui"\nfederation = "ydx.example"\n[listen]\nexchange = "127.0.0.1:0"\n'
    )
    said = ydx("listing", "show", listing.name, "--json")
    assert said.json["error"]["reason"] == "BAD_CONFIG"


def test_a_piped_table_is_as_wide_as_its_texts(ydx: Callable[..., Said], listing: Any) -> None:
    shown = ydx("listing", "show", listing.name)
    assert any(listing.public.summary in line for line in shown.out.splitlines())
