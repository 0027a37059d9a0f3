"""One partnership from the search to the registered contract, played by the demo's members.

A factory of jiangsu finds what anhui offers, asks, is answered and meets; they contract, and the
contract is registered; the center sees who brought it about. Persons and numbers are invented.

- Request ids follow from the listing, days from the enquiry, and a step that was taken is not taken
  again: playing it once more on the same demo tells the same story, on whatever day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from node.demo.playing import Players, Told, day_of

_ASKER, _OWNER, _CENTER = "jiangsu", "anhui", "center"
_QUERY: Final = "铝合金 压铸"
LISTINGS_MIN: Final = 40
"""Below, anhui may not publish what is searched for."""
_STEPS: Final = {"ACCEPTED": 4, "INTRODUCED": 6}
_AMOUNT_FEN: Final = 480_000_000
_TECHNICAL_FEN: Final = 420_000_000
_REGISTER_NUMBER: Final = "2026340000000042"
_BUYER: Final = {"name": "苏州演示压铸有限公司"}


class Story:
    """Plays the story over the members' exchange listeners, as their clerks."""

    def __init__(self, players: Players) -> None:
        self._players = players
        self.contract = ""
        """The contract's name, once there is one."""

    def play(self) -> Iterator[Told]:
        """Yield what happens as it happens; raises what a node refuses, OUT_OF_REACH after 60 s."""
        listing = self._find()
        title, owner = listing.public.title, listing.public.owner
        self._players.seed = listing.name
        yield Told(_ASKER, f"检索“{_QUERY}”：安徽的《{title}》", f"searches and finds “{title}”")
        enquiry = self._submit(listing)
        self._players.day = day_of(enquiry.submitted_at_ms)
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
        self.contract = contract.name
        yield Told(
            _OWNER,
            f"登记技术合同 {_AMOUNT_FEN // 1_000_000} 万元",
            f"writes the contract, {_AMOUNT_FEN // 100:,} yuan",
        )
        self._confirm(contract.name)
        yield Told(_ASKER, "确认合同文本", "confirms its text")
        self._register(contract.name)
        yield Told(_OWNER, f"合同登记号 {_REGISTER_NUMBER}", f"registers it: {_REGISTER_NUMBER}")
        shares = self._attribution(contract.name)
        yield Told(_CENTER, f"可见归属：{shares}", f"sees who brought it about: {shares}")

    def _find(self) -> Any:
        asked = {"kind": 1, "members": [_OWNER], "open_for_enquiry": True, "states": [1]}

        def look() -> Any:
            hits = self._players.call(_ASKER, "SearchListings", query=_QUERY, filter=asked).hits
            return hits[0].listing if hits else None

        return self._players.until(look, "nothing is found")

    def _submit(self, listing: Any) -> Any:
        return self._players.call(
            _ASKER,
            "SubmitEnquiry",
            listing=listing.name,
            message="希望了解工艺窗口与试制周期。",
            from_organisation=_BUYER,
            from_region="320500",
            request_id=self._players.request("submit"),
        ).enquiry

    def _step(self, member: str, name: str, kind: str) -> None:
        self._players.until(
            lambda: self._players.call(
                member,
                "TakeEnquiryStep",
                name=name,
                kind=_STEPS[kind],
                request_id=self._players.request(kind),
            ),
            f"{member} cannot take the step {kind}",
            also=("STEP_NOT_ALLOWED",),
        )

    def _give_contacts(self, member: str, name: str) -> None:
        contacts = {
            "persons": [{"name": f"演示联系人（{member}）", "phone": "13900000000"}],
            "consent": {
                "purpose": "技术合作洽谈",
                "scope": "本次合作意向",
                "granted_on": self._players.day,
            },
        }
        self._players.until(
            lambda: self._players.call(
                member,
                "GiveContacts",
                name=name,
                contacts=contacts,
                request_id=self._players.request(f"contacts {member}"),
            ),
            f"{member} cannot give its contacts",
            also=("STEP_NOT_ALLOWED",),
        )

    def _contacts(self, name: str) -> str:
        def look() -> str:
            given = self._players.call(_ASKER, "GetEnquiry", name=name).contacts
            return next((one.contacts.persons[0].name for one in given if one.member == _OWNER), "")

        return str(self._players.until(look, "no contacts arrive"))

    def _contract(self, enquiry: str, owner: Any) -> Any:
        day = self._players.day
        terms = {
            "project_name": "大型薄壁铝合金构件低压铸造技术开发",
            "type": 1,
            "buyer": _side(_ASKER, _BUYER, "320500"),
            "seller": _side(_OWNER, {"name": owner.name, "uscc": owner.uscc}, "340100"),
            "signed_on": day,
            "valid_from": day,
            "valid_until": f"{int(day[:4]) + 2}-12-31",
            "contract_amount_fen": _AMOUNT_FEN,
            "technical_amount_fen": _TECHNICAL_FEN,
            "payment_modes": [2],
        }
        return self._players.until(
            lambda: self._players.call(
                _OWNER,
                "CreateContract",
                contract=terms,
                enquiries=[enquiry],
                request_id=self._players.request("contract"),
            ),
            "the contract cannot be written",
            also=("STEP_NOT_ALLOWED",),
        ).contract

    def _confirm(self, name: str) -> None:
        def confirm() -> Any:
            etag = self._players.call(_ASKER, "GetContract", name=name).contract.etag
            request = self._players.request("confirm")
            return self._players.call(
                _ASKER, "ConfirmContract", name=name, etag=etag, request_id=request
            )

        self._players.until(confirm, "the contract does not arrive")

    def _register(self, name: str) -> None:
        contract = self._players.call(_OWNER, "GetContract", name=name).contract
        for state, number in ((1, ""), (2, _REGISTER_NUMBER)):
            if contract.registration >= state:
                continue
            registration = {
                "state": state,
                "register_number": number,
                "decided_on": self._players.day,
            }
            self._players.call(
                _OWNER,
                "RecordRegistration",
                name=name,
                registration=registration,
                etag=contract.etag,
                request_id=self._players.request(f"register {state}"),
            )

    def _attribution(self, name: str) -> str:
        def look() -> str:
            contract = self._players.call(_CENTER, "GetContract", name=name).contract
            told = [one.member for one in contract.attribution if one.member]
            return ", ".join(dict.fromkeys(told)) if contract.register_number else ""

        return str(self._players.until(look, "the center does not see the contract"))


def _side(member: str, organisation: Any, region: str) -> dict[str, Any]:
    return {
        "member": member,
        "organisation": organisation,
        "country": "CN",
        "region": region,
        "nature_code": "100",
    }
