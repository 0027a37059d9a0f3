"""`registry.json` as hostile bytes: a registry, or TRUST_FILE_REFUSED with a path; nothing else."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.keys import COSIGNATURE_V1, ED25519, VerifierKey, key_id
from federation.log.strict_base64 import encode
from federation.trust import ceremony
from federation.trust.registry_file import REGISTRY_BYTES_MAX, encode_registry, parse_registry
from federation.trust.typed_json import encode_canonical
from tests.federation.trust.repository import MEMBERS, certificate_of, key_of, line_of

if TYPE_CHECKING:
    from collections.abc import Callable

REGISTRY = ceremony.founding_registry([line_of(member) for member in MEMBERS], "center")
CONTENT = encode_registry(REGISTRY)
DOCUMENT = json.loads(CONTENT)
ROOT = encode(b"\1" * 32).decode()


def test_what_is_written_is_read_again() -> None:
    assert parse_registry(CONTENT) == REGISTRY
    assert encode_registry(parse_registry(CONTENT)) == CONTENT


def test_unknown_fields_are_left_alone() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["later"] = {"a": [1, None]}
    document["members"][0]["later"] = True
    assert parse_registry(encode_canonical(document)) == REGISTRY


def test_a_file_from_before_log_keys_had_versions_is_read_alike() -> None:
    document = copy.deepcopy(DOCUMENT)
    for member in document["members"]:
        log = member["logs"][0]
        del log["closed_version"], log["keys"][0]["from_version"], log["keys"][0]["ended_version"]
    assert parse_registry(encode_canonical(document)) == REGISTRY


def _member(**fields: Any) -> Callable[[Any], None]:
    return lambda document: document["members"][0].update(fields)


def _log_key(**fields: Any) -> Callable[[Any], None]:
    return lambda document: document["members"][0]["logs"][0]["keys"][0].update(fields)


def _second_log_key(first_size: int, last_size: int | None = None) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        keys = document["members"][0]["logs"][0]["keys"]
        keys[0].update(last_size=10, end_root=ROOT, ended_version=1)
        ends = last_size is not None
        keys.append(
            {
                "vkey": key_of("delta.example/anhui", ED25519, "second").text(),
                "first_size": first_size,
                "last_size": last_size,
                "end_root": ROOT if ends else None,
                "from_version": 1,
                "ended_version": 1 if ends else None,
            }
        )

    return change


def _second_key_without_version(document: Any) -> None:
    _second_log_key(10)(document)
    del document["members"][0]["logs"][0]["keys"][1]["from_version"]


def _second_log(closed: dict[str, Any] | None, **fields: Any) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        logs = document["members"][0]["logs"]
        logs[0].update(closed=closed, closed_version=1 if closed else None)
        key = {
            "vkey": key_of(fields["origin"], ED25519).text(),
            "first_size": 0,
            "last_size": None,
            "end_root": None,
            "from_version": 1,
            "ended_version": None,
        }
        logs.append({"closed": None, "predecessor": "delta.example/anhui", "keys": [key], **fields})

    return change


def _same_key_as_center(document: Any) -> None:
    public = key_of("delta.example/center/witness", COSIGNATURE_V1).public
    key = VerifierKey.of("delta.example/anhui/trust", ED25519, public)
    document["members"][0]["trust_key"] = key.text()


def _same_certificate(document: Any) -> None:
    certificates = document["members"][0]["certificates"]
    certificates.append(dict(certificates[0]))


def _two_witness_keys(document: Any) -> None:
    keys = document["members"][0]["witness_keys"]
    second = key_of("delta.example/anhui/witness", COSIGNATURE_V1, "second").text()
    keys.append({**keys[0], "vkey": second})


def _swap_members(document: Any) -> None:
    members = document["members"]
    members[0], members[1] = members[1], members[0]


def _two_centers(document: Any) -> None:
    role = document["members"][1]["roles"][0]
    document["members"][0]["roles"] = [{**role, "origin": "delta.example/anhui"}]


def _period(**fields: Any) -> Callable[[Any], None]:
    return lambda document: document["quorums"][0].update(fields)


def _low_order_key(document: Any) -> None:
    raw = b"\1" + bytes(31)
    name = "delta.example/anhui"
    vkey = f"{name}+{key_id(name, 1, raw):08x}+{encode(bytes([1]) + raw).decode()}"
    document["members"][0]["logs"][0]["keys"][0]["vkey"] = vkey


REFUSED: dict[str, tuple[Callable[[Any], None], str]] = {
    "a field is missing": (lambda d: d.pop("formats"), "formats: missing"),
    "a number is a string": (lambda d: d.update(version="1"), "version: not a whole number"),
    "a number is a truth value": (lambda d: d.update(version=True), "version: not a whole number"),
    "a number is out of range": (lambda d: d.update(version=2**63), "version: not from 1 to"),
    "members is an object": (lambda d: d.update(members={}), "members: not an array"),
    "there is no member": (lambda d: d.update(members=[]), "members: at least one"),
    "a member is a string": (lambda d: d["members"].insert(0, "a"), r"members\[0\]: not an object"),
    "members are not in order": (_swap_members, "members: .*ascending"),
    "a member is named twice": (
        lambda d: d["members"].insert(0, copy.deepcopy(d["members"][0])),
        "members: .*each once",
    ),
    "a name holds a capital": (_member(name="Anhui"), r"members\[0\].name: not of the form"),
    "a name ends with a newline": (_member(name="anhui\n"), r"members\[0\].name"),
    "a region has five digits": (_member(region="34000"), r"members\[0\].region"),
    "an endpoint has no port": (_member(endpoint="anhui.example"), r"members\[0\].endpoint"),
    "an endpoint's port is too large": (_member(endpoint="a:65536"), r"members\[0\].endpoint"),
    "a member has no log": (_member(logs=[]), r"members\[0\]: a member has a log"),
    "an origin is another member's": (
        lambda d: d["members"][0]["logs"][0].update(origin="delta.example/center"),
        r"members\[0\].logs\[0\]: the origin is not",
    ),
    "a log key bears another name": (
        _log_key(vkey=key_of("delta.example/other", ED25519).text()),
        r"logs\[0\].keys\[0\]: the key's name is not the origin",
    ),
    "a log key is a witness's": (
        _log_key(vkey=key_of("delta.example/anhui", COSIGNATURE_V1).text()),
        r"logs\[0\].keys\[0\].vkey: a key of type 01",
    ),
    "a log key is of low order": (_low_order_key, r"vkey: the public key is of low order"),
    "a log key is no key": (_log_key(vkey="anhui"), r"vkey: a verifier key reads"),
    "a log key ends without a root": (_log_key(last_size=3), "stand together"),
    "a log key ends without a version": (
        _log_key(last_size=3, end_root=ROOT),
        r"keys\[0\]: an end and its version stand together",
    ),
    "a log key has a version of an end that it has not": (
        _log_key(ended_version=1),
        r"keys\[0\]: an end and its version stand together",
    ),
    "a log key ended in the future": (
        _log_key(last_size=3, end_root=ROOT, ended_version=2),
        "yet to come",
    ),
    "a log key is of the future": (_log_key(from_version=2), "yet to come"),
    "a second log key without a version": (_second_key_without_version, "from_version: missing"),
    "a log is closed without a version": (
        lambda d: d["members"][0]["logs"][0].update(closed={"size": 1, "root": ROOT}),
        r"logs\[0\]: a closed log says in which version",
    ),
    "a log key ends before it starts": (
        _second_log_key(10, last_size=9),
        r"keys\[1\]: ends before it starts",
    ),
    "two log keys overlap": (_second_log_key(9), r"keys\[1\]: starts elsewhere"),
    "two log keys leave a gap": (_second_log_key(11), r"keys\[1\]: starts elsewhere"),
    "a second log while the first is open": (
        _second_log(None, origin="delta.example/anhui.2"),
        "a member has one open log",
    ),
    "a second log that is numbered 3": (
        _second_log({"size": 1, "root": ROOT}, origin="delta.example/anhui.3"),
        r"logs\[1\]: the origin is not the member's next one",
    ),
    "one key in two roles of two members": (_same_key_as_center, "the same key as"),
    "one certificate twice": (_same_certificate, "the same certificate as"),
    "a certificate of another name": (
        lambda d: d["members"][0]["certificates"][0].update(
            der=encode(certificate_of("other")).decode()
        ),
        "the certificate's name is not anhui.ydx",
    ),
    "a certificate that is none": (
        lambda d: d["members"][0]["certificates"][0].update(der="AAAA"),
        "not a self-signed X.509",
    ),
    "base64 with stray bits": (
        lambda d: d["members"][0]["certificates"][0].update(der="AAB="),
        "der: not canonical base64",
    ),
    "two witness keys without an end": (_two_witness_keys, "only one witness key"),
    "a witness key that ends where it has not ended": (
        lambda d: d["members"][0]["witness_keys"][0].update(
            ends=[{"origin": "delta.example/center", "size": 1, "root": ROOT}]
        ),
        "no version that ended it",
    ),
    "a witness key of another member": (
        lambda d: d["members"][0]["witness_keys"][0].update(
            vkey=key_of("delta.example/other/witness", COSIGNATURE_V1).text()
        ),
        "the key's name is not the member's",
    ),
    "two members hold the center's role": (_two_centers, "two members hold the role"),
    "a role of another member's log": (
        lambda d: d["members"][1]["roles"][0].update(origin="delta.example/anhui"),
        r"roles\[0\]: the origin is not a log",
    ),
    "a member joined in the future": (_member(joined_version=2), "yet to come"),
    "a witness who is no member": (
        _period(witnesses=["anhui", "nobody"], k=1, k_joining=2),
        "names who is no member",
    ),
    "a quorum of half the witnesses": (_period(k=2), "2 of 4 witnesses is no quorum"),
    "a quorum that cannot be reached": (_period(k=5), "5 of 4 witnesses is no quorum"),
    "quorums from version 2 on": (_period(from_version=2), "ascend from version 1"),
    "an absent stranger": (lambda d: d.update(absent=["nobody"]), "absent: names who"),
    "a thaw of an unknown origin": (
        lambda d: d.update(thaws=[{"version": 1, "origin": "a/b", "size": 1, "root": ROOT}]),
        r"thaws\[0\]: of an unknown",
    ),
    "a root of 31 bytes": (
        lambda d: d.update(
            thaws=[
                {
                    "version": 1,
                    "origin": "delta.example/anhui",
                    "size": 1,
                    "root": encode(b"\1" * 31).decode(),
                }
            ]
        ),
        r"thaws\[0\].root: a root hash has 32 bytes",
    ),
}


@pytest.mark.parametrize(("change", "what"), REFUSED.values(), ids=REFUSED)
def test_a_registry_that_breaks_a_rule_is_refused(change: Callable[[Any], None], what: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    with pytest.raises(Refused, match=what) as caught:
        parse_registry(encode_canonical(document))
    assert caught.value.reason == "TRUST_FILE_REFUSED"
    assert "path" in caught.value.metadata


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b"\xff",
        b"NaN",
        b'{"a":1.0}',
        b'{"a":1e5}',
        b"1" * 5_000,
        b'{"a":"\\ud800"}',
        CONTENT + b"\n",
        CONTENT.replace(b",", b", ", 1),
        CONTENT.replace(b'"absent":[],', b'"absent":[],"absent":[],'),
        b" " * (REGISTRY_BYTES_MAX + 1),
    ],
    ids=lambda content: repr(content[:20]),
)
def test_what_is_not_canonical_json_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        parse_registry(content)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    here = [path] if path else []
    if isinstance(value, dict):
        return here + [p for k, v in value.items() for p in _places(v, (*path, k))]
    if isinstance(value, list):
        return here + [p for i, v in enumerate(value) for p in _places(v, (*path, i))]
    return here


@given(place=st.sampled_from(_places(DOCUMENT)), value=_json)
def test_any_value_at_any_place_is_read_or_refused(place: tuple[Any, ...], value: Any) -> None:
    document = copy.deepcopy(DOCUMENT)
    at = document
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    try:
        parsed = parse_registry(encode_canonical(document))
    except Refused:
        return
    assert parse_registry(encode_registry(parsed)) == parsed


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_the_reason(content: bytes) -> None:
    with pytest.raises(Refused):
        parse_registry(content)
