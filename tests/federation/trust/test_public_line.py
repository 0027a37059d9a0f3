"""Public lines, certificates and the ceremony that takes them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.trust import ceremony
from federation.trust.certificate import check_certificate, pin_of, self_signed
from federation.trust.public_line import parse_public_line
from federation.trust.tuf_state import TrustState
from tests.federation.trust.repository import (
    DAY_S,
    MEMBERS,
    NOW,
    Repository,
    certificate_of,
    line_of,
    signer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = line_of("anhui").text()


def test_a_line_is_read_again_with_blanks_around_it() -> None:
    assert parse_public_line(f"  {LINE}\r\n") == line_of("anhui")
    assert "\n" not in LINE


SPOILED: dict[str, tuple[Callable[[str], str], str]] = {
    "it is cut at the end": (lambda line: line[:-30], "cut or wrapped"),
    "its sum is cut": (lambda line: line[:-1], "sum: does not fit"),
    "it is wrapped": (lambda line: line.replace(" log=", "\nlog="), "cut or wrapped"),
    "the endpoint is changed": (lambda line: line.replace(":7400", ":7401"), "sum: does not fit"),
    "it begins with something else": (lambda line: "x" + line, "does not begin with"),
    "two fields change places": (
        lambda line: line.replace("member=anhui region=310000", "region=310000 member=anhui"),
        "has not the fields",
    ),
    "it is endless": (lambda line: line + "a" * 9_000, "longer than"),
    "it is empty": (lambda _: "", "does not begin with"),
}


@pytest.mark.parametrize(("spoil", "what"), SPOILED.values(), ids=SPOILED)
def test_a_damaged_line_is_refused_by_what_is_wrong(spoil: Callable[[str], str], what: str) -> None:
    with pytest.raises(Refused, match=what) as caught:
        parse_public_line(spoil(LINE))
    assert caught.value.reason == "BAD_FILE"


@given(st.text(max_size=300))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_public_line(text)


@given(st.integers(0, len(LINE) - 1), st.characters())
def test_one_changed_letter_is_noticed(at: int, letter: str) -> None:
    changed = LINE[:at] + letter + LINE[at + 1 :]
    if changed.strip() != LINE:
        with pytest.raises(Refused):
            parse_public_line(changed)


def test_the_certificate_is_what_grpc_and_the_design_ask_for() -> None:
    der = certificate_of("anhui")
    check_certificate(der, "anhui")
    certificate = x509.load_der_x509_certificate(der)
    assert certificate.not_valid_after_utc.year == 9999
    assert certificate.subject == certificate.issuer
    assert len(pin_of(der)) == 32


def test_two_keys_of_one_member_have_two_subjects() -> None:
    one, other = certificate_of("anhui"), certificate_of("anhui", "second")
    subjects = {x509.load_der_x509_certificate(der).subject for der in (one, other)}
    assert len(subjects) == 2


def test_a_certificate_of_another_curve_is_refused() -> None:
    der = self_signed("anhui", ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(Refused, match="not ECDSA P-256"):
        check_certificate(der, "anhui")


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_no_certificate_bytes_raise_anything_but_a_refusal(at: int, middle: bytes) -> None:
    der = certificate_of("anhui")
    changed = der[:at] + middle + der[at + len(middle) :]
    if changed != der:
        with pytest.raises(Refused):
            check_certificate(changed, "anhui")


@pytest.mark.parametrize(("threshold", "keys"), [(0, 5), (6, 5), (1, 0)])
def test_a_threshold_that_is_none_founds_nothing(threshold: int, keys: int) -> None:
    offline = [signer(n) for n in range(keys)]
    with pytest.raises(Refused, match="is no threshold"):
        ceremony.found([line_of(m) for m in MEMBERS], offline, threshold, NOW)


def test_two_members_with_one_line_found_nothing() -> None:
    with pytest.raises(Refused, match="each once"):
        ceremony.founding_registry([line_of("anhui"), line_of("anhui")])


def test_an_unknown_center_founds_nothing() -> None:
    with pytest.raises(Refused, match="cannot be the center"):
        ceremony.founding_registry([line_of("anhui")], "center")


def test_the_turn_to_renew_rotates_and_nobody_is_waited_for() -> None:
    repository = Repository()
    first: list[str] = []
    for _ in MEMBERS:
        due = {m: ceremony.renewal_due(repository.state, m) for m in MEMBERS}
        times = sorted(time for time in due.values() if time is not None)
        assert [b - a for a, b in pairwise(times)] == [6 * 3_600.0] * 4
        assert times[0] == repository.state.expires - 3.5 * DAY_S
        assert times[-1] < repository.state.expires - 2 * DAY_S
        first.append(min(MEMBERS, key=lambda m: due[m] or 0))
        repository.renew(by=first[-1])
    assert sorted(first) == sorted(MEMBERS), "each had its turn"


def test_who_holds_no_online_key_has_no_turn() -> None:
    assert ceremony.renewal_due(Repository().state, "nobody") is None


def test_a_renewal_is_accepted_by_everybody_and_counts_one_up() -> None:
    repository = Repository()
    state = TrustState(repository.pinned_root, repository.state.files())
    for number in (2, 3):
        repository.renew(by=MEMBERS[number])
        repository.update(state)
        assert state.versions() == {
            "root": 1,
            "timestamp": number,
            "snapshot": number,
            "targets": 1,
            "registry": 1,
        }
