"""The story goes on: what the contract brings in is shared, booked, closed, settled and exported.

Anhui, jiangsu and the center agree on a split of the service fees. Three fees come in: one is
shared plainly, one meets the center's cap, one is taken back in part. Anhui's approver decides by
hand, the other two let their nodes accept by policy. All that is of the day on which the contract
was signed, and what the three owe each other is netted and paid. The center closes the last month,
which is over: the first of the agreement's statements, without an income yet. Each member gets the
books in its folder, as its accountants' programs read them.

Playing it once more on the same demo writes nothing and tells the same story.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

from federation.ledger.capital_amount import capital_form
from federation.ledger.netting import Payment, settle
from node.demo.founding import DemoMember
from node.demo.playing import APPROVER, Players, Told, month_before

_PARTNERS: Final = ("anhui", "jiangsu", "center")
_AUTOMATIC: Final = ("jiangsu", "center")
_PARTIES: Final = (
    ("AH", "anhui", 1, "安徽科技大市场", 450_000, None),
    ("JS", "jiangsu", 2, "江苏省技术产权交易市场", 350_000, None),
    ("NETC", "center", 3, "国家技术转移东部中心", 200_000, 3_000_000),
)
_RECEIVER: Final = "AH"
_FEES_FEN: Final = (10_000_001, 20_000_000, 5_000_000)
_BACK_FEN: Final = 1_000_000
_EVIDENCE: Final = bytes(range(32))
_POLICY: Final = {
    "incomes": True,
    "gross_max_fen": 100_000_000,
    "needs_evidence": True,
    "needs_contract": True,
    "reversals": True,
    "payments": True,
}
_ACTIVE: Final = 2
_BOOKED: Final = (3, 4, 5)
_FILES: Final = (
    (1, "ledger.beancount"),
    (2, "ledger.journal"),
    (5, "ledger.statement.html"),
    (6, "ledger.bundle"),
)


class LedgerStory:
    """Plays the story over the members' exchange listeners."""

    def __init__(self, players: Players, members: Sequence[DemoMember], contract: str) -> None:
        self._players = players
        self._folders = {one.name: one.folder for one in members}
        self._contract = contract
        self._agreement = ""
        self._month = month_before(players.day)

    def play(self) -> Iterator[Told]:
        """Yield what happens as it happens; raises as `Story.play`."""
        self._agreement = self._agree()
        yield Told(
            "anhui",
            "与江苏、东部中心签订收益分配协议 45/35/20 %，中心每笔至多 3 万元",
            "agrees with jiangsu and the center to share 45/35/20 %, the center at most 30,000",
        )
        incomes = [self._income(number, fen) for number, fen in enumerate(_FEES_FEN, 1)]
        for income in incomes:
            yield Told("center", *_shares(income))
        back = self._reverse(incomes[-1])
        yield Told("jiangsu", *_shares(back, "退回", "takes back"))
        statement = self._close()
        digest = statement.digest.hex()[:16]
        yield Told(
            "center",
            f"结账 {statement.period}（尚无收入），对账单摘要 {digest}…",
            f"closes {statement.period}, which had no income yet",
        )
        for payment in self._settle([*incomes, back]):
            yuan, words = _yuan(payment.amount_fen), capital_form(payment.amount_fen)
            yield Told(
                "anhui",
                f"付给 {payment.payee} {yuan} 元（{words}）",
                f"pays {payment.payee} {yuan} yuan",
            )
        digests = {self._export(member) for member in _PARTNERS}
        equal = "三方账簿一致到分" if len(digests) == 1 else "三方账簿不一致"
        yield Told(
            "center",
            f"{equal}，已写入各节点目录 ledger.*",
            "the three books are equal to the fen, and written to each member's folder",
        )

    def _agree(self) -> str:
        agreement = {
            "title": "跨区域技术转移服务费分配协议",
            "parties": [
                {
                    "party": party,
                    "member": member,
                    "role": role,
                    "display_name": name,
                    "share_ppm": share,
                }
                | ({} if cap is None else {"cap_fen": cap})
                for party, member, role, name, share, cap in _PARTIES
            ],
            "base": 3,
            "effective_from": f"{self._month[:4]}-01-01",
            "effective_to": f"{int(self._month[:4]) + 3}-01-01",
            "signers": _PARTNERS,
        }
        name = str(
            self._players.call(
                "anhui",
                "CreateAgreement",
                agreement=agreement,
                request_id=self._players.request("agreement"),
            ).agreement.name
        )
        for member in _PARTNERS:
            self._accept(member, name)
        for member in _AUTOMATIC:
            self._players.call(member, "SetAcceptancePolicy", APPROVER, name=name, policy=_POLICY)

        def is_active() -> bool:
            states = [
                self._players.call(member, "GetAgreement", name=name).agreement.state
                for member in _PARTNERS
            ]
            return states == [_ACTIVE] * len(states)

        self._players.until(is_active, "the agreement does not come into force")
        return name

    def _income(self, number: int, fen: int) -> Any:
        income = {
            "instalment": str(number),
            "kind": 1,
            "income_date": self._players.day,
            "gross_fen": fen,
            "received_by": _RECEIVER,
            "evidence_sha256": sha256(f"invoice {number}".encode()).digest(),
        }
        proposal = self._players.until(
            lambda: self._players.call(
                "anhui",
                "ProposeIncome",
                agreement=self._agreement,
                contract=self._contract,
                income=income,
                request_id=self._players.request(f"income {number}"),
            ),
            "the income cannot be proposed",
        ).proposal
        return self._booked(proposal.name)

    def _reverse(self, income: Any) -> Any:
        reversal = {
            "amount_fen": _BACK_FEN,
            "reversal_date": self._players.day,
            "reason": "试制减量，退回部分服务费",
            "evidence_sha256": _EVIDENCE,
        }
        proposal = self._players.call(
            "jiangsu",
            "ProposeReversal",
            income=income.name,
            reversal=reversal,
            request_id=self._players.request("reversal"),
        ).proposal
        # What who set the policy did not propose is accepted by it; the rest by hand.
        return self._booked(proposal.name)

    def _close(self) -> Any:
        period = self._month

        def closed() -> Any:
            found = self._players.call(
                "center", "ListStatements", agreement=self._agreement
            ).statements
            if found:
                return found[-1]
            self._players.call(
                "center",
                "ClosePeriod",
                agreement=self._agreement,
                period=period,
                request_id=self._players.request("close"),
            )
            return None

        statement = self._players.until(
            closed, "the month is not closed", also=("PERIOD_NOT_OPEN",)
        )
        for member in _PARTNERS:
            self._agree_to(member, statement)
        return statement

    def _agree_to(self, member: str, statement: Any) -> None:
        def agree() -> Any:
            return self._players.call(
                member,
                "AcceptStatement",
                APPROVER,
                agreement=self._agreement,
                period=statement.period,
                digest=statement.digest,
                request_id=self._players.request(f"statement {member}"),
            )

        self._players.until(agree, "the statement does not arrive", also=("STATEMENT_NOT_FOUND",))

    def _settle(self, booked: Sequence[Any]) -> Iterator[Payment]:
        """Pay what settles all that was booked: the same, however often it is played."""
        nets = dict.fromkeys((party for party, *_ in _PARTIES), 0)
        for line in (line for proposal in booked for line in proposal.vector):
            nets[line.party] += line.amount_fen
            nets[_RECEIVER] -= line.amount_fen
        for payment in settle(nets):
            said = {
                "payer": payment.payer,
                "payee": payment.payee,
                "amount_fen": payment.amount_fen,
                "paid_on": self._players.day,
                "evidence_sha256": _EVIDENCE,
            }
            proposal = self._players.call(
                "anhui",
                "ProposePayment",
                agreement=self._agreement,
                payment=said,
                request_id=self._players.request(f"payment {payment.payee}"),
            ).proposal
            self._booked(proposal.name)
            yield payment

    def _booked(self, name: str) -> Any:
        """Let anhui's approver accept; wait until all three have booked it."""
        self._accept("anhui", name)

        def booked() -> Any:
            shown = [
                self._players.call(member, "GetProposal", name=name).proposal
                for member in _PARTNERS
            ]
            return shown[0] if all(one.state in _BOOKED for one in shown) else None

        return self._players.until(booked, f"{name} is not booked")

    def _accept(self, member: str, name: str) -> None:
        def accept() -> Any:
            request = self._players.request(f"accept {member} {name}")
            return self._players.call(
                member, "AcceptProposals", APPROVER, names=[name], request_id=request
            )

        self._players.until(accept, f"{member} cannot accept {name}")

    def _export(self, member: str) -> bytes:
        """Write a member's books to its folder; return the digest of their state."""
        for form, file in _FILES:
            pieces = self._players.stream(
                member, "ExportBooks", agreement=self._agreement, format=form
            )
            content = b"".join(piece.content for piece in pieces)
            (self._folders[member] / file).write_bytes(content)
        digests: list[bytes] = []

        def settled() -> bool:
            books = self._players.call(member, "GetAgreement", name=self._agreement).agreement.books
            digests.append(books.state_digest)
            return not books.waits

        self._players.until(settled, f"the books of {member} wait")
        return digests[-1]


def _shares(proposal: Any, zh: str = "入账", en: str = "books") -> tuple[str, str]:
    told = "，".join(f"{one.party} {_yuan(one.amount_fen)}" for one in proposal.vector)
    plain = ", ".join(f"{one.party} {_yuan(one.amount_fen)}" for one in proposal.vector)
    return f"{zh}：{told}", f"{en} {plain}"


def _yuan(fen: int) -> str:
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02}"
