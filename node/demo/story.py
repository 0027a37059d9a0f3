"""One partnership from the search to the registered contract, played by the demo's members.

A factory of jiangsu finds what anhui offers, asks, is answered and meets; they contract, and the
contract is registered; the center sees who brought it about. Persons and numbers are invented.

- Every step waits until its member has what it answers: nothing is passed on but by the logs.
- Request ids follow from the listing, and a step that was taken is not taken again: playing it once
  more on the same demo tells the same story.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from federation.log.errors import Unreachable, YdxError
from node.demo.founding import DemoMember
from node.rpc.exchange_client import ExchangeClient

WAIT_S_MAX: Final = 60.0
_LOOK_S: Final = 0.2
_NOT_YET: Final = frozenset(
    {"RECORD_NOT_FOUND", "NOT_CONFIRMED_YET", "DOCUMENT_MISSING", "INDEX_NOT_READY"}
)
_ASKER, _OWNER, _CENTER = "jiangsu", "anhui", "center"
_QUERY: Final = "铝合金 压铸"
_STEPS: Final = {"ACCEPTED": 4, "INTRODUCED": 6}
_AMOUNT_FEN: Final = 480_000_000
_TECHNICAL_FEN: Final = 420_000_000
_REGISTER_NUMBER: Final = "2026340000000042"
_BUYER: Final = {"name": "苏州演示压铸有限公司"}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the story: whose node, what happened there, in both languages."""

    member: str
    zh: str
    en: str


class Story:
    """Plays the story over the members' exchange listeners, as their clerks."""

    def __init__(self, members: Sequence[DemoMember]) -> None:
        self._clients = {one.name: ExchangeClient(one.api, one.tokens["clerk"]) for one in members}
        self._seed = ""

    def play(self) -> Iterator[Told]:
        """Yield what happens as it happens; raises what a node refuses, OUT_OF_REACH after 60 s."""
        listing = self._find()
        title, owner = listing.public.title, listing.public.owner
        self._seed = listing.name
        yield Told(_ASKER, f"检索“{_QUERY}”：安徽的《{title}》", f"searches and finds “{title}”")
        enquiry = self._submit(listing)
        due = [one.day for one in enquiry.deadlines[:1]]
        until = (f"，答复期限 {due[0]}", f", an answer is due by {due[0]}") if due else ("", "")
        yield Told(_ASKER, f"提交合作意向{until[0]}", f"enquires{until[1]}")
        self._step(_OWNER, enquiry.name, "ACCEPTED")
        yield Told(_OWNER, "接受意向", "accepts")
        self._step(_ASKER, enquiry.name, "INTRODUCED")
        yield Told(_ASKER, "确认对接", "is introduced")
        for member in (_OWNER, _ASKER):
            self._give_contacts(member, enquiry.name)
        person = self._contacts(enquiry.name)
        yield Told(_ASKER, f"对接经确认，收到对方联系人：{person}", f"receives a contact: {person}")
        contract = self._contract(enquiry.name, owner)
        amount = f"{_AMOUNT_FEN // 1_000_000}"
        yield Told(
            _OWNER, f"登记技术合同 {amount} 万元", f"writes the contract, {amount}0,000 yuan"
        )
        self._confirm(contract.name)
        yield Told(_ASKER, "确认合同文本", "confirms its text")
        self._register(contract.name)
        yield Told(_OWNER, f"合同登记号 {_REGISTER_NUMBER}", f"registers it: {_REGISTER_NUMBER}")
        shares = self._attribution(contract.name)
        yield Told(_CENTER, f"可见归属：{shares}", f"sees who brought it about: {shares}")

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def _find(self) -> Any:
        asked = {"kind": 1, "members": [_OWNER], "open_for_enquiry": True, "states": [1]}

        def look() -> Any:
            hits = self._call(_ASKER, "SearchListings", query=_QUERY, filter=asked).hits
            return hits[0].listing if hits else None

        return self._until(look, "nothing is found")

    def _submit(self, listing: Any) -> Any:
        return self._call(
            _ASKER,
            "SubmitEnquiry",
            listing=listing.name,
            message="希望了解工艺窗口与试制周期。",
            from_organisation=_BUYER,
            from_region="320500",
            request_id=self._request("submit"),
        ).enquiry

    def _step(self, member: str, name: str, kind: str) -> None:
        self._until(
            lambda: self._call(
                member,
                "TakeEnquiryStep",
                name=name,
                kind=_STEPS[kind],
                request_id=self._request(kind),
            ),
            f"{member} cannot take the step {kind}",
            also=("STEP_NOT_ALLOWED",),
        )

    def _give_contacts(self, member: str, name: str) -> None:
        contacts = {
            "persons": [{"name": f"演示联系人（{member}）", "phone": "13900000000"}],
            "consent": {"purpose": "技术合作洽谈", "scope": "本次合作意向", "granted_on": _today()},
        }
        self._until(
            lambda: self._call(
                member,
                "GiveContacts",
                name=name,
                contacts=contacts,
                request_id=self._request(f"contacts {member}"),
            ),
            f"{member} cannot give its contacts",
            also=("STEP_NOT_ALLOWED",),
        )

    def _contacts(self, name: str) -> str:
        def look() -> str:
            given = self._call(_ASKER, "GetEnquiry", name=name).contacts
            return next((one.contacts.persons[0].name for one in given if one.member == _OWNER), "")

        return str(self._until(look, "no contacts arrive"))

    def _contract(self, enquiry: str, owner: Any) -> Any:
        day = _today()
        terms = {
            "project_name": "大型薄壁铝合金构件低压铸造技术开发",
            "type": 1,
            "buyer": _side(_ASKER, _BUYER, "320500"),
            "seller": _side(_OWNER, {"name": owner.name, "uscc": owner.uscc}, "340100"),
            "signed_on": day,
            "valid_from": day,
            "valid_until": f"{int(day[:4]) + 2}{day[4:]}",
            "contract_amount_fen": _AMOUNT_FEN,
            "technical_amount_fen": _TECHNICAL_FEN,
            "payment_modes": [2],
        }
        return self._until(
            lambda: self._call(
                _OWNER,
                "CreateContract",
                contract=terms,
                enquiries=[enquiry],
                request_id=self._request("contract"),
            ),
            "the contract cannot be written",
            also=("STEP_NOT_ALLOWED",),
        ).contract

    def _confirm(self, name: str) -> None:
        def confirm() -> Any:
            etag = self._call(_ASKER, "GetContract", name=name).contract.etag
            request = self._request("confirm")
            return self._call(_ASKER, "ConfirmContract", name=name, etag=etag, request_id=request)

        self._until(confirm, "the contract does not arrive")

    def _register(self, name: str) -> None:
        contract = self._call(_OWNER, "GetContract", name=name).contract
        for state, number in ((1, ""), (2, _REGISTER_NUMBER)):
            if contract.registration >= state:
                continue
            registration = {"state": state, "register_number": number, "decided_on": _today()}
            self._call(
                _OWNER,
                "RecordRegistration",
                name=name,
                registration=registration,
                etag=contract.etag,
                request_id=self._request(f"register {state}"),
            )

    def _attribution(self, name: str) -> str:
        def look() -> str:
            contract = self._call(_CENTER, "GetContract", name=name).contract
            told = [one.member for one in contract.attribution if one.member]
            return ", ".join(dict.fromkeys(told)) if contract.register_number else ""

        return str(self._until(look, "the center does not see the contract"))

    def _call(self, member: str, method: str, **fields: Any) -> Any:
        return self._clients[member].call(method, **fields)

    def _until(self, look: Callable[[], Any], what: str, also: Sequence[str] = ()) -> Any:
        """Call until there is an answer: what is not there yet is on its way."""
        until_s = time.monotonic() + WAIT_S_MAX
        while True:
            try:
                found = look()
            except YdxError as error:
                if error.reason not in _NOT_YET.union(also) or time.monotonic() > until_s:
                    raise
                found = None
            if found:
                return found
            if time.monotonic() > until_s:
                raise Unreachable("OUT_OF_REACH", what)
            time.sleep(_LOOK_S)

    def _request(self, step: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._seed} {step}"))


def _side(member: str, organisation: Any, region: str) -> dict[str, Any]:
    return {
        "member": member,
        "organisation": organisation,
        "country": "CN",
        "region": region,
        "nature_code": "100",
    }


def _today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
