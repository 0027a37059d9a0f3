"""What is wrong with a row: values, never exceptions, so that one bad row stops no other.

Every problem names the rule, the column and the field that it touches, the value, and the cure in
Chinese and English. The value is cut to 80 characters, and left out where it may be personal data.
As everywhere (federation.records.rules), rules named E_ are warnings: the row goes on all the same.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_VALUE_CHARACTERS: Final = 80
_TERMS_SHOWN: Final = 12
_NEAREST: Final = 3
_NEAR: Final = 0.4

# Rule: what is wrong and what to do, in Chinese and in English.
_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "BAD_CSV": (
        "CSV 语法错误（常见原因：引号未闭合）；请检查该处引号",
        "CSV syntax error, often an open quote; check the quotes here",
    ),
    "BAD_ENCODING": (
        "含有无法按文件编码解读的字节；请修正该行文字",
        "The row has bytes that are not in the file's encoding; mend its text",
    ),
    "BAD_JSON": (
        "不是有效的 JSON 对象；请修正该行",
        "Not a valid JSON object; mend the row",
    ),
    "CELL_COUNT": (
        "单元格数与表头不符，内容可能错位；请补齐或删去多余的分隔符",
        "Not as many cells as the header has; add or remove separators",
    ),
    "ROW_TOO_LARGE": (
        "该行过大；请缩短或拆分",
        "The row is too large; shorten or split it",
    ),
    "LOST_DIGITS": (
        "长数字以数值格式保存，末位已丢失；请将该列设为文本后重新录入",
        "A long number was stored as a number and lost digits; format the column as text",
    ),
    "REQUIRED": (
        "必填项为空；请填写",
        "A required value is missing; fill it in",
    ),
    "UNKNOWN_TERM": (
        "词表中没有该取值；请改用词表中的取值，或在映射文件中补充",
        "The vocabulary has no such term; use a known one or add it to the mapping",
    ),
    "E_SKIPPED": (
        "词表中没有该取值，已略去；请核对",
        "The vocabulary has no such term, so it was left out; check it",
    ),
    "BAD_DATE": (
        "日期无法识别；请写作 YYYY-MM-DD，或在映射的 dates 中补充其格式",
        "The date cannot be read; write YYYY-MM-DD, or add its format to the mapping's dates",
    ),
    "BAD_NUMBER": (
        "不是数字；请只填数字，不写单位与文字",
        "Not a number; write digits only, without a unit or words",
    ),
    "NOT_WHOLE": (
        "不是整数；请填写整数",
        "Not a whole number; write one",
    ),
    "NOT_WHOLE_FEN": (
        "折合后不是整数分；请改为至多精确到分的金额",
        "Not whole fen; give an amount without parts of a fen",
    ),
    "NUMBER_RANGE": (
        "超出该字段的范围；请填写范围内的整数",
        "Out of the range of the field; write a whole number in it",
    ),
    "BAD_BOOLEAN": (
        "不是是/否取值；请填 是 或 否",
        "Not a yes or no; write true or false",
    ),
    "BAD_BYTES": (
        "不是十六进制或 base64；请重新填写",
        "Neither hexadecimal nor base64; write it again",
    ),
    "NOT_A_TEXT": (
        "该列只能有一个值；请只保留一个",
        "The column takes one value; keep one",
    ),
    "SAME_FIELD": (
        "两列指同一字段，且都有值；请只保留其中一列",
        "Two columns mean one field, and both have a value; keep one of the columns",
    ),
    "E_CUT": (
        "文字超过上限，已截短；请核对或自行缩写",
        "The text was over the limit and was cut; check it or shorten it yourself",
    ),
    "DUPLICATE_ROW": (
        "来源编号在本文件中已出现；请删去重复行",
        "The source id occurred before in this file; remove one of the rows",
    ),
    "REFUSED": (
        "节点拒绝了该行，未说明原因；请联系运维",
        "The node refused the row without a reason; ask its operator",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a row, or should be mended."""

    rule: str
    text_zh: str
    text_en: str
    column: str = ""
    field: str = ""
    value: str = ""

    @property
    def is_warning(self) -> bool:
        """Whether the row goes on all the same."""
        return self.rule.startswith("E_")


class BadValueError(ValueError):
    """A text that its field cannot hold. It reads as the rule that is broken.

    `more` is what there is to say beside the rule, in Chinese and in English.
    """

    def __init__(self, rule: str, more: tuple[str, str] = ("", "")) -> None:
        super().__init__(rule)
        self.rule = rule
        self.more = more


def out_of_range(least: int, most: int) -> BadValueError:
    """Return that a number is not between these."""
    return BadValueError("NUMBER_RANGE", (f"：{least} 到 {most}", f": {least} to {most}"))


class Term(NamedTuple):
    """What may stand in a column, and what it is called in Chinese where that is another word."""

    text: str
    zh: str = ""


def problem(
    rule: str,
    *,
    column: str = "",
    field: str = "",
    value: str = "",
    detail: str = "",
    more: tuple[str, str] = ("", ""),
) -> Problem:
    """Make the problem of a rule; personal data is left out.

    `detail` is added to both texts, `more` to the one in its language.
    """
    text_zh, text_en = _TEXTS[rule]
    suffix = f" ({detail})" if detail else ""
    return Problem(
        rule,
        text_zh + suffix + more[0],
        text_en + suffix + more[1],
        column=column,
        field=field,
        value="" if field.startswith("origin") else printable(value),
    )


def known_terms(value: str, known: Sequence[Term], place: tuple[str, str]) -> tuple[str, str]:
    """Return what may stand instead of an unknown term, and `place` where it can be added.

    Few terms are all told, of many the nearest three, or the first where none is near.
    """
    shown, zh, en, rest = list(known), "已知", "known", list[str]()
    if len(shown) > _TERMS_SHOWN:
        spelt = {word: term for term in reversed(known) for word in (term.text, term.zh) if word}
        near = difflib.get_close_matches(value, spelt, n=_NEAREST, cutoff=_NEAR)
        if near:
            zh, en, shown = "相近", "nearest", list(dict.fromkeys(spelt[word] for word in near))
        else:
            shown, rest = shown[:_TERMS_SHOWN], ["…"]
    told = ["", ""]
    if shown:
        told_zh = [f"{term.zh} {term.text}".lstrip() for term in shown] + rest
        told_en = [term.text for term in shown] + rest
        told = [f"；{zh}：{'、'.join(told_zh)}", f"; {en}: {', '.join(told_en)}"]
    if all(place):
        told = [f"{told[0]}；补充处：{place[0]}", f"{told[1]}; add it to: {place[1]}"]
    return told[0], told[1]


def printable(value: str) -> str:
    """Return the start of a value for a report: one line, at most 80 characters."""
    start = value[:MAX_VALUE_CHARACTERS]
    return "".join(sign if sign.isprintable() else "�" for sign in start)
