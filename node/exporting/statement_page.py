"""A statement as a page to print and sign: what each party had, what moved it, what is left.

- Movements are the entries that count in the period. They and those before it come to the lines of
  the statement, or the book is wrong and no page is made (ValueError).
- A balance stands without a sign beside its direction, 借, 贷 or 平, as in a three-column ledger.
- Netting is a proposal. It starts from all that was posted until the end of the period.
- What is open is known as of now, so the newest statement alone lists it as carried.
- A sum beyond 2^62 fen has no capital form and no netting; the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from federation.ledger import netting
from federation.ledger.amounts import grouped_yuan
from federation.ledger.capital_amount import capital_form
from federation.ledger.claims import claims_of
from federation.ledger.journal import Account
from federation.ledger.netting import Claim, Payment
from federation.ledger.statement import Line, Statement
from federation.log.errors import Refused
from node.exporting.book import LedgerBook, NarratedEntry, last_day_of
from node.exporting.journal_texts import kind_words, narration
from node.exporting.markup import Markup, element, joined, page, row, table
from node.exporting.names import ref_text
from node.services.ledger.words import ACCOUNTS, ENTRIES, ROLES, Words, called

_DEBIT = Words("借方（元）", "Debit, yuan")
_CREDIT = Words("贷方（元）", "Credit, yuan")
_DIRECTION = Words("方向", "Dr/Cr")
_BALANCE = Words("余额（元）", "Balance, yuan")
_AMOUNT = Words("金额（元）", "Amount, yuan")
_CAPITAL = Words("大写（人民币）", "In capital form, CNY")
_NONE = Words("无", "None")
_TOO_LARGE = Words("超出可表示范围", "Too large")
_MORE_OPEN = Words("另有未列出的未决事项", "There are more open items than these")


def statement_page(book: LedgerBook, statement: Statement) -> str:
    """Return the page of one statement of the book, HTML to be written as UTF-8.

    Raises ValueError where its entries do not come to the statement.
    """
    parties = sorted({line.account.party for line in statement.lines})
    through = [one for one in book.narrated() if one.entry.month <= statement.period]
    _check(statement, through)
    moved = [one for one in through if one.entry.month > statement.after]
    body = [
        element("h1", Words("利益分享对账单", "Statement of the benefit-sharing ledger")),
        _head(book, statement),
        element("h2", Words("当事方", "Parties")),
        _parties(book),
        element("h2", Words("净额汇总", "Net positions")),
        _nets(book, statement),
    ]
    for party in parties:
        lines = [line for line in statement.lines if line.account.party == party]
        body += _party(book, party, lines, moved)
    body += _netting(book, list(claims_of(one.entry for one in through)))
    body += [
        element("h2", Words("结转的未决事项", "Open items carried")),
        *_carried(book, statement),
    ]
    return page(f"{book.title} {statement.period}", body)


def _check(statement: Statement, through: list[NarratedEntry]) -> None:
    """Refuse entries that come to other lines than the statement has."""
    sums: dict[Account, list[int]] = {}
    for narrated in through:
        is_before = narrated.entry.month <= statement.after
        for account, fen in narrated.entry.postings:
            opening_debit_credit = sums.setdefault(account, [0, 0, 0])
            opening_debit_credit[0 if is_before else 1 if fen > 0 else 2] += (
                fen if is_before else abs(fen)
            )
    found = {account: tuple(three) for account, three in sums.items() if any(three)}
    lines = {
        line.account: (line.opening_fen, line.debit_fen, line.credit_fen)
        for line in statement.lines
    }
    wrong = sorted(str(one) for one, _ in found.items() ^ lines.items())
    if wrong:
        raise ValueError(f"entries and statement {statement.period} differ in {wrong[0]}")


def _head(book: LedgerBook, statement: Statement) -> Markup:
    """Return what the statement is of."""
    before = Words(
        f"{statement.after} 之后至 {last_day_of(statement.period)}",
        f"after {statement.after} to {last_day_of(statement.period)}",
    )
    whole = Words(
        f"自始至 {last_day_of(statement.period)}",
        f"from the beginning to {last_day_of(statement.period)}",
    )
    previous = statement.previous_digest.hex()
    agreed = ", ".join(book.agreed.get(statement.period, ()))
    facts = (
        (Words("协议", "Agreement"), book.title),
        (Words("协议文件", "Agreement document"), _digest(ref_text(book.agreement))),
        (Words("期间", "Period"), before if statement.after else whole),
        (Words("中心", "Center"), book.center),
        (Words("中心日志确认大小", "Confirmed size of the center's log"), str(book.center_size)),
        (Words("本单摘要", "Digest of this statement"), _digest(statement.digest().hex())),
        (Words("上期摘要", "Digest of the one before"), _digest(previous) if previous else _NONE),
        (Words("账本状态摘要", "State digest"), _digest(book.state_digest.hex())),
        (Words("已同意本单的成员", "Members that agree to it"), agreed or _NONE),
    )
    return table(
        (Words("项目", "Item"), Words("内容", "Value")), (28, 72), (row(one) for one in facts)
    )


def _parties(book: LedgerBook) -> Markup:
    headings = (
        Words("代号", "Id"),
        Words("名称", "Name"),
        Words("角色", "Role"),
        Words("记账成员", "Member"),
    )
    rows = (
        row((one.party, one.display_name, called(ROLES, one.role), one.member))
        for one in book.parties
    )
    return table(headings, (20, 40, 22, 18), rows)


def _nets(book: LedgerBook, statement: Statement) -> Markup:
    headings = (
        Words("当事方", "Party"),
        Words("应收 / 应付", "Is owed / owes"),
        _AMOUNT,
        _CAPITAL,
    )
    rows = [
        row((_party_words(book, party), _side(fen), _money(abs(fen)), _capital(abs(fen))))
        for party, fen in statement.net_fen().items()
    ]
    total = sum(statement.net_fen().values())
    rows.append(row((Words("合计", "Sum"), "", _money(total), ""), "sum"))
    return table(headings, (26, 16, 20, 38), rows)


def _party(
    book: LedgerBook, party: str, lines: list[Line], moved: list[NarratedEntry]
) -> Iterator[Markup]:
    """Yield the section of a party."""
    yield element("h2", _party_words(book, party))
    for line in lines:
        yield element("h3", ACCOUNTS[line.account.kind])
        yield table(
            (Words("日期", "Date"), Words("摘要", "What"), _DEBIT, _CREDIT, _DIRECTION, _BALANCE),
            (14, 34, 15, 15, 7, 15),
            _movements(line, moved),
        )
    net = -sum(line.closing_fen for line in lines)
    headings = (Words("净额", "Net position"), _AMOUNT, _CAPITAL)
    yield element("h3", Words("期末净额", "Net position at the end"))
    yield table(
        headings, (28, 24, 48), [row((_side(net), _money(abs(net)), _capital(abs(net))), "sum")]
    )


def _movements(line: Line, moved: list[NarratedEntry]) -> Iterator[Markup]:
    """Yield the rows of an account: opening, entries, closing."""
    balance = line.opening_fen
    yield row(("", Words("期初余额", "Opening"), "", "", *_balance(balance)), "sum")
    for narrated in moved:
        for fen in _posted(narrated, line.account):
            balance += fen
            sides = (_money(fen), "") if fen > 0 else ("", _money(-fen))
            yield row((_dates(narrated), _what(narrated), *sides, *_balance(balance)))
    closing = (_money(line.debit_fen), _money(line.credit_fen), *_balance(balance))
    yield row(("", Words("期末余额", "Closing"), *closing), "sum")


def _netting(book: LedgerBook, claims: list[Claim]) -> Iterator[Markup]:
    yield element("h2", Words("轧差方案（建议）", "Netting, proposed"))
    for words, made in (
        (Words("多边轧差", "Multilateral"), netting.multilateral),
        (Words("双边轧差", "Bilateral"), netting.bilateral),
    ):
        yield element("h3", words)
        try:
            yield _payments(book, made(claims))
        except Refused:
            yield element("p", _TOO_LARGE)


def _payments(book: LedgerBook, payments: tuple[Payment, ...]) -> Markup:
    if not payments:
        return element("p", _NONE)
    headings = (Words("付款方", "Payer"), Words("收款方", "Payee"), _AMOUNT, _CAPITAL)
    rows = (
        row(
            (
                _party_words(book, one.payer),
                _party_words(book, one.payee),
                _money(one.amount_fen),
                _capital(one.amount_fen),
            )
        )
        for one in payments
    )
    return table(headings, (24, 24, 18, 34), rows)


def _carried(book: LedgerBook, statement: Statement) -> Iterator[Markup]:
    """Yield what is open now; an earlier statement was followed by one that carries it."""
    newest = book.statements[-1].period
    if statement.period != newest:
        yield element(
            "p",
            Words(
                f"本单不是最近一期；未决事项见最近一期对账单 {newest}",
                f"This is not the newest statement: they stand in the newest statement, {newest}",
            ),
        )
        return
    yield _open_items(book)
    if book.has_more_open:
        yield element("p", _MORE_OPEN)


def _open_items(book: LedgerBook) -> Markup:
    if not book.open_items:
        return element("p", _NONE)
    headings = (
        Words("日期", "Date"),
        Words("类型", "Kind"),
        Words("合同 / 期次 / 事由", "Contract, instalment, reason"),
        _AMOUNT,
        Words("文件", "Document"),
    )
    rest = Words("剩余全部", "All that is left")
    rows = (
        row(
            (
                one.own_date,
                called(ENTRIES, one.kind),
                " · ".join(filter(None, (one.contract, one.instalment, one.reason))),
                _money(one.amount_fen) if one.amount_fen else rest,
                _digest(ref_text(one.proposal)),
            )
        )
        for one in book.open_items
    )
    return table(headings, (14, 12, 30, 18, 26), rows)


def _posted(narrated: NarratedEntry, account: Account) -> list[int]:
    return [fen for posted, fen in narrated.entry.postings if posted == account and fen]


def _dates(narrated: NarratedEntry) -> Words:
    """Return the day on which an entry counts, and its own where that is another."""
    entry = narrated.entry
    own = "" if entry.own_date == entry.value_date else f"业务日期 own date {entry.own_date}"
    return Words(entry.value_date, own)


def _what(narrated: NarratedEntry) -> Markup:
    said = " · ".join(filter(None, (kind_words(narrated), narration(narrated))))
    under = [str(narrated.entry.place)]
    if narrated.evidence:
        under.append(f"凭证 Evidence {narrated.evidence}")
    under += (f"有异议 Disputed by {member}: {why}" for member, why in narrated.disputes)
    return joined((element("span", said), *(element("span", one, "en") for one in under)))


def _party_words(book: LedgerBook, party: str) -> Words:
    return Words(book.display_name(party), party)


def _balance(fen: int) -> tuple[Words, Markup]:
    """Return the direction of a balance, and the balance without its sign."""
    direction = Words("平", "–") if not fen else Words("借", "Dr") if fen > 0 else Words("贷", "Cr")
    return direction, _money(abs(fen))


def _side(net_fen: int) -> Words:
    if not net_fen:
        return Words("已结清", "Settled")
    return Words("应收", "Is owed") if net_fen > 0 else Words("应付", "Owes")


def _money(fen: int) -> Markup:
    return element("td", grouped_yuan(fen), "fen")


def _capital(fen: int) -> str | Words:
    try:
        return capital_form(fen)
    except Refused:
        return _TOO_LARGE


def _digest(said: str) -> Markup:
    return element("td", said, "digest")
