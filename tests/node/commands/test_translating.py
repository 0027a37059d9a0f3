"""What a node tells in English is told in Chinese to who reads Chinese: every text of an error."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import ValidationError

from node.commands import words
from node.commands.output import Language, choose_language
from node.commands.translating import catalogue, in_chinese, told
from node.config.loading import _fault as fault
from node.config.settings import Settings, sections
from tests.node.commands.error_texts import HOLE, told_texts

ROOT: Final = Path(__file__).parents[3]
_HANS: Final = re.compile("[\u4e00-\u9fff]")
_FOREIGN: Final = ("foreign.toml", "usage.toml")
_COMPOSED: Final = {
    "the document is not allowed there ({}); {}",  # with what is allowed, a text of its own
    "{} is no {}",  # a file and what it should be
    "{} is no {}: {}",
    "{} is no {}: it is not UTF-8 from byte {} on; save it as UTF-8",
    "{} is {}",  # a field of a public line with the form that it should have
}
"""Texts of which no sample can be made by filling holes with anything; they are tried below."""
_NO_ERRORS: Final = {
    "--after {}",
    "--page-token {}",
    "--trl-min, --trl-max",
    "{}--page-token {}",
    "{}--request-id {}",
    "{}; --request-id {}",
    "{} --dir {}",
    "{}; rm -r {}",
    "ydx demo {}",
    "ydx federation install --root trust/root.json --fingerprint {}",
    "payment {} -> {}",  # a path of a field
    "rebuild {}",  # a command to the index worker
    r"at line (\d+)",  # a pattern
    "confirmed note",  # the place of a difference, as `ydx log verify` tells it
}
"""What the search of the source takes for a text of an error, and is none."""


@cache
def texts() -> dict[str, set[str]]:
    """Return every sentence that an error can tell, with the modules that hold it."""
    return {
        text: modules
        for text, modules in told_texts(ROOT, "node", "federation").items()
        # A single word is part of a sentence; Chinese ones are said by a command in both languages.
        if " " in text and not _HANS.search(text) and text not in _NO_ERRORS | _COMPOSED
    }


def sample(text: str) -> tuple[str, list[str]]:
    """Return a text with something in each hole, and what."""
    filled = [f"x{number}7" for number in range(text.count(HOLE))]
    for one in filled:
        text = text.replace(HOLE, one, 1)
    return text, filled


def test_every_error_that_a_person_may_meet_has_a_chinese_text() -> None:
    missing = {}
    for text, modules in texts().items():
        whole, filled = sample(text)
        chinese = in_chinese(whole)
        if chinese is None and text.endswith(HOLE):  # it may end with nothing more
            chinese, filled = in_chinese(whole.removesuffix(filled[-1])), filled[:-1]
        if chinese is None or any(one not in chinese for one in filled):
            missing[text] = sorted(modules)
    assert missing == {}


def test_the_search_finds_texts_however_they_are_passed_on() -> None:
    found = texts()
    for text in (
        "there is no {} in this folder",  # a name
        "the two sides are not introduced",  # the argument of a function that makes the error
        "it speaks TLS: give --ca, the file to check its certificate",  # what another returns
        "the registry names another {} for {}",  # in a loop
    ):
        assert text in found, text
    assert len(found) > 500


def test_both_templates_of_the_catalogue_have_the_same_holes() -> None:
    folder = ROOT / "node/commands/zh"
    ours = "".join(file.read_text() for file in folder.glob("*.toml") if file.name not in _FOREIGN)
    for english, chinese in catalogue().items():
        holes = re.findall(r"\{(\w+)\}", english)
        assert len(holes) == len({*holes}), english
        in_both = {*re.findall(r"\{(\w+)\}", chinese)}
        assert in_both <= {*holes}, english
        if f'"{english}"' in ours:
            assert in_both == {*holes}, english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "the document is not allowed there (NOT_ALLOWED_HERE); allowed: accepted, declined",
            "现在不能这样做；本方可：接受 accepted、谢绝 declined",
        ),
        (
            "the document is not allowed there (NOT_ALLOWED_HERE); allowed: contract, cancellation",
            "现在不能这样做；本方可：变更 amend、解除 cancel",
        ),
        (
            "the document is not allowed there (ALREADY_ANSWERED); allowed: nothing",
            "此处不能写入该文件（作者此前已答复）；本方现在没有可采取的步骤",
        ),
        (
            "the document is not allowed there (NOT_ALLOWED_HERE); allowed now: accepted, refused",
            "现在不能这样登记；可记录的登记状态：受理 accepted、不予登记 refused",
        ),
        (
            "the document is not allowed there (CANCELLED); allowed: nothing",
            "此处不能写入该文件（该合同已取消）；本方现在没有可采取的步骤",
        ),
        (
            "/ydx.exchange.v1.X/Y needs clerk or partner; the caller is auditor",
            "/ydx.exchange.v1.X/Y 需要角色 clerk 或 partner；调用方是 auditor",
        ),
        (
            "9.00 yuan is more than payer AH has to settle, 1.00",
            "9.00 元超过付款方 AH 的未结净额 1.00 元",
        ),
        (
            'income.deductions[0].name "税" is none of the agreement\'s: none',
            "income.deductions[0].name“税”不在协议之列；协议没有约定扣除项",
        ),
        ("nodes/a/listings/b: its state is ON_HOLD", "nodes/a/listings/b：其状态为“暂停”"),
        ("ACCEPTED is the other side's step", "“接受 accepted”是对方的步骤"),
        (
            "not equal: anhui takes no writes; jiangsu does not answer (no answer in time)",
            "尚不一致：anhui 不可写入；jiangsu 没有应答（未在时限内答复）",
        ),
        (
            "region is six digits of GB/T 2260, 310000 for one",
            "region 应为六位 GB/T 2260 代码，如 310000",
        ),
        (
            (
                "a:1: failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: "
                "Failed to connect to remote host: connect: Connection refused (111)"
            ),
            "a:1：连接不上：127.0.0.1:1：连接被拒绝",
        ),
        (
            "a.toml is no contract: Invalid date or datetime (at line 3, column 12)",
            "a.toml 不是合同文件：日期或时间无效（第 3 行第 12 列）",
        ),
        (
            (
                "node.member is not set: write it in the file or set YDX_NODE__MEMBER\n"
                "listen.wep (ydx.toml:4) is unknown; do you mean listen.web?"
            ),
            (
                "node.member 未设置：请写入文件，或设置 YDX_NODE__MEMBER\n"
                "没有 listen.wep 这个设置（ydx.toml:4）；是否指 listen.web？"
            ),
        ),
        ("incomes[2]: there is no nodes/a/contracts/b", "incomes[2]：没有 nodes/a/contracts/b"),
        (
            (
                "no mapping is for /d; write one in /m that names the file in match "
                "(a.toml is for *.csv; b.toml is for *.xlsx, c.csv)"
            ),
            (
                "没有映射适用于 /d；请在 /m 中写一个，并在 match 中写明该文件"
                "（a.toml 用于 *.csv；b.toml 用于 *.xlsx, c.csv）"
            ),
        ),
        ("a.toml is for *.csv; b.toml is for *.xlsx", "a.toml 用于 *.csv；b.toml 用于 *.xlsx"),
        (
            "mapping m.toml: there is no field 'public.titel'; nearest: public.title",
            "映射 m.toml：没有字段 'public.titel'；最接近的是 public.title",
        ),
        (
            "mapping m.toml: public.kind: 'NEW' is none of its terms: SUPPLY, DEMAND",
            "映射 m.toml：public.kind：'NEW' 不在其词表中；可用：SUPPLY, DEMAND",
        ),
        (
            "mapping m.toml: public.trl: 'nine' breaks BAD_NUMBER",
            "映射 m.toml：public.trl：'nine' 不可用：不是可用的数值",
        ),
        (
            "root: root was signed by 0/3 keys",
            "root：root 文件的有效签名为 0 个，门限为 3 个",
        ),
        ("anhui does not answer (UNAVAILABLE)", "anhui 没有应答（连接不上）"),
        (
            (
                "failed to connect to all addresses; last error: INTERNAL: ipv4:127.0.0.1:1: "
                "Failed parsing HTTP/2 (Expected SETTINGS frame as the first frame, got frame type "
                "80) (Trying to connect an http1.x server (HTTP status 400))"
            ),
            "连接不上：127.0.0.1:1：该地址不使用 gRPC",
        ),
    ],
)
def test_a_text_with_what_was_filled_in_is_told_in_chinese(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


def test_a_text_that_no_template_fits_is_told_as_it_came() -> None:
    assert told("something of a newer node: x") == "something of a newer node: x"
    assert in_chinese("") is None


def test_a_text_is_told_in_english_to_who_reads_english() -> None:
    choose_language(Language.EN)
    assert told("no answer in time") == "no answer in time"
    choose_language(Language.ZH)
    assert words.why_words("no answer in time") == "未在时限内答复"


def test_an_installed_package_holds_the_catalogue() -> None:
    found = {file.name for file in (ROOT / "node/commands/zh").iterdir()}
    assert found >= {"commands.toml", "foreign.toml", "services.toml", "usage.toml"}
    assert all(name.endswith(".toml") for name in found)


_WRONG: Final = ("x y", -1, 0.5, 10**9, True, [1], {"a": 1}, "2026-13-01", "2026-02-30")


@pytest.mark.parametrize("section", list(sections()))
def test_what_is_wrong_with_a_setting_is_told_in_chinese(section: str) -> None:
    node = {"member": "anhui", "federation": "ydx.example"}
    tried = 0
    for key in sections()[section].model_fields:
        for value in _WRONG:
            table: dict[str, Any] = (node if section == "node" else {}) | {key: value}
            said: dict[str, Any] = {"node": node, section: table}
            try:
                Settings(**said)
            except ValidationError as error:
                for detail in error.errors():
                    tried += 1
                    line = fault(detail, {})
                    assert in_chinese(line) is not None, line
                    assert not re.search("should|Input|String|error,", in_chinese(line) or ""), line
    assert tried
