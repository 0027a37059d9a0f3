"""Files with agreements, evidence, and deductions, before a node is asked."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import MessageToDict

from federation.ledger.codec import Agreement
from federation.log.errors import Refused
from node.commands.ledger_asking import deductions, evidence_digest, read_agreement
from node.services.errors import InvalidFields
from tests.federation.ledger.paper import agreement

if TYPE_CHECKING:
    from pathlib import Path

TOML = """
title = "跨区域技术转移服务费分配协议"
base = "service_fee"
effective_from = 2026-01-01
effective_to = "2028-01-01"
signers = ["anhui", "jiangsu"]
center = "center"
currency = "CNY"
rules_version = 1
"""
PARTY = """
[[parties]]
party = "{0}"
role = "{1}"
member = "{2}"
display_name = "{0} 平台"
share_ppm = {3}
"""
PARTIES = (
    ("AH", "origin_platform", "anhui", "500_000"),
    ("JS", "demand-platform", "jiangsu", "300_000"),
    ("NETC", "PARTY_ROLE_CENTER", "center", "200_000"),
)


def said(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = MessageToDict(agreement(), preserving_proto_field_name=True)
    return whole | changes


def read(folder: Path, text: str, name: str = "a.json") -> Agreement:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    found: Agreement = read_agreement(file)
    return found


def test_the_same_agreement_is_read_from_json_and_from_toml(tmp_path: Path) -> None:
    toml = TOML + "".join(PARTY.format(*one) for one in PARTIES)
    assert read(tmp_path, toml, "a.toml") == agreement()
    assert read(tmp_path, json.dumps(said())) == agreement()
    assert read(tmp_path, "\ufeff" + json.dumps(said(base="service-fee"))) == agreement()


def test_what_show_wrote_is_read_without_what_the_node_fills_in(tmp_path: Path) -> None:
    filled = said(recorded_at_ms="7", previous={"origin": "x"}, agreement={"origin": "x"})
    shown = {"agreement": {"name": "nodes/…", "agreement": filled}}
    assert read(tmp_path, json.dumps(shown)) == agreement()


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("{", "a.json", "no agreement"),
        ("[]", "a.json", "no agreement"),
        ('{"no_such_field": 1}', "a.json", '"no_such_field" is not known; known are title, '),
        (
            '{"parties": [{"rol": 1}]}',
            "a.json",
            r'"parties\[0\].rol" is not known; known are party, ',
        ),
        ('{"base": "fee"}', "a.json", 'base "fee" is not known; known are gross, '),
        (
            '{"signers_required": 1.0}',
            "a.json",
            'signers_required "1.0" is no whole number; amounts',
        ),
        ('{"title": "a", "title": "b"}', "a.json", "title"),
        ("title = ", "a.toml", "no agreement"),
        ("signers_required = 0.5", "a.toml", 'signers_required "0.5" is no whole number; amounts'),
        ("effective_from = 2026-01-01T00:00:00", "a.toml", "effective_from"),
        ("signers_required = -5", "a.toml", 'signers_required "-5" is not within 0 to 4294967295'),
        ('{"recorded_at_ms": "99999999999999999999"}', "a.json", "is not within 0 to"),
        ("title = 5", "a.toml", "title is a text; write it in quotes"),
    ],
)
def test_a_file_that_is_no_agreement_is_refused_with_the_reason(
    tmp_path: Path, text: str, name: str, told: str
) -> None:
    with pytest.raises(Refused, match=told) as caught:
        read(tmp_path, text, name)
    assert caught.value.reason == "BAD_FILE"


@pytest.mark.parametrize("value", ["5万", "1e3", "\uff11\uff12", " ", True, {}])
def test_a_number_that_is_none_is_told_by_its_place(value: Any, tmp_path: Path) -> None:
    parties: list[Any] = said()["parties"]
    parties[1]["cap_fen"] = value
    with pytest.raises(Refused, match=r"parties\[1\]\.cap_fen .*no whole number") as caught:
        read(tmp_path, json.dumps(said(parties=parties)))
    assert caught.value.reason == "BAD_FILE"


def test_a_file_in_another_encoding_is_told_what_to_save_it_as(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(json.dumps(said(), ensure_ascii=False).encode("gbk"))
    with pytest.raises(Refused, match="save it as UTF-8"):
        read_agreement(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        read_agreement(tmp_path / "none.json")


def test_evidence_is_a_file_or_its_digest(tmp_path: Path) -> None:
    slip = tmp_path / "slip.pdf"
    slip.write_bytes(b"paid")
    digest = hashlib.sha256(b"paid")
    assert evidence_digest(str(slip)) == digest.digest()
    assert evidence_digest(digest.hexdigest().upper()) == digest.digest()
    assert evidence_digest("") == b""
    slip.write_bytes(b"")
    with pytest.raises(Refused, match="is empty: it proves nothing"):
        evidence_digest(str(slip))
    for other in (digest.hexdigest()[1:], "z" * 64, str(tmp_path)):
        with pytest.raises(Refused, match="no SHA-256 in hex, and no file"):
            evidence_digest(other)


def test_deductions_are_names_with_amounts() -> None:
    assert deductions(["增值税=288.00", "a=b=0.05"]) == [
        {"name": "增值税", "amount_fen": 28_800},
        {"name": "a=b", "amount_fen": 5},
    ]
    for broken in ("增值税", "=1.00", "增值税=1"):
        with pytest.raises(InvalidFields):
            deductions([broken])
