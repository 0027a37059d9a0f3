"""The arguments of requests about records: what can be wrong with one, and the cure.

What a record itself must be stands in `federation.records`; these are the rules of the API.
"""

from __future__ import annotations

from typing import Final

from federation.records.findings import VALUE_MAX, Finding
from node.services.errors import InvalidFields

RULES: Final[dict[str, tuple[str, str]]] = {
    "REQUIRED": ("必填；请填写", "is required; fill it in"),
    "RECORD_NAME_FORM": (
        "不是记录名；请写成 nodes/<成员>/{collection}/<26 位编号>",
        "is not a record's name; write nodes/<member>/{collection}/<26 letters>",
    ),
    "REQUEST_ID_FORM": (
        "不是 UUID；请生成一个并在重试时沿用，或留空",
        "is not a UUID; make one and keep it on retries, or leave it empty",
    ),
    "ETAG_FORM": (
        "不是 etag；请原样给出读到的 etag（引号可省），或留空",
        "is not an etag; give back the one that was read (quotes do not matter), or none",
    ),
    "MASK_PATH": (
        "不是可修改的字段路径；请以 public、members 或 origin 开头",
        "is not the path of a field that can change; begin with public, members or origin",
    ),
    "CHOICE_UNKNOWN": (
        "不是 {choice} 的选项；请按接口说明填写",
        "is not a value of {choice}; take one of those that its description lists",
    ),
    "NOT_ONE_OF": ("不是可选的值；请从 {choice} 中选", "is none of {choice}; take one of them"),
    "NEGATIVE": ("不能为负数；0 表示默认值", "is negative; 0 means the default"),
    "AMOUNT_RANGE": (
        "须为 0 到 {most} 分；0 表示不限",
        "must be from 0 to {most} fen; 0 does not bound",
    ),
    "ROWS": (
        "有 {count} 行，应为 1 到 {most} 行；多了请分批",
        "has {count} rows, 1 to {most} are allowed; split what is too much",
    ),
    "ROW_TWICE": (
        "在本次请求中重复；请删除其中一行",
        "comes twice in this request; remove one of the rows",
    ),
    "OTHER_AGREEMENT": (
        "属于另一协议；请分别处理每个协议的提案",
        "is of another agreement; decide on one agreement at a time",
    ),
    "NOT_A_PROPOSAL": (
        "不是提案；请填写版本、收入、冲销、付款或终止",
        "is no proposal; name a version, an income, a reversal, a payment or a termination",
    ),
    "PLACE_TOO": (
        "与裁定位置不能同时填写；请只填其一",
        "and the place of an outcome exclude each other; give one of them",
    ),
    "TOO_MANY": ("有 {count} 项，至多 {most} 项", "has {count} items, at most {most} are allowed"),
    "NOT_OF_THE_AGREEMENT": (
        "不是该协议的其他成员",
        "is not another member that the agreement names",
    ),
    "MEMBER_UNKNOWN": ("不是联盟成员", "is no member of the federation"),
    "MEMBER_NOT_HELD": (
        "不是本节点已知的成员；请从 {known} 中选",
        "is no member that this node knows; there are {known}",
    ),
    "MEMBER_LEFT": (
        "已退出联盟，不能再参与新协议",
        "has left the federation and takes part in no new agreement",
    ),
    "MEMBER_FORM": (
        "不是成员名；请填写小写字母、数字与连字符组成的名称",
        "is not a member's name; names are of small letters, digits and hyphens",
    ),
    "REGION_PREFIX": (
        "不是行政区划代码；请填写 2、4 或 6 位数字",
        "is not a region; give 2, 4 or 6 digits",
    ),
    "REGION_UNKNOWN": (
        "不属于任何省级行政区；请填写 GB/T 2260 代码或其开头，如 31、3205",
        "is in no province; give a code of GB/T 2260 or its beginning, such as 31 or 3205",
    ),
    "TEXT_LENGTH": (
        "有 {count} 个字符，至多 {most} 个；请缩短",
        "has {count} characters, at most {most} are allowed; shorten it",
    ),
    "NOT_DISPUTED": (
        "没有可解除的争议：本成员对该收入没有未解决的异议；其他成员的异议由其自行解除",
        "ends nothing: no dispute of this member stands; another member's is its own to end",
    ),
    "DAY_FORM": ("不是日期；请写成 YYYY-MM-DD", "is no day; write YYYY-MM-DD"),
    "WHOLE_BOOKS": (
        "不适用：该格式总是导出全部账目；请留空，或导出 csv、html",
        "does not apply: this format holds all of the books; leave it empty, or export csv or html",
    ),
    "MONTH_FORM": ("不是月份；请写成 YYYY-MM", "is no month; write YYYY-MM"),
    "RANGE_ORDER": ("下限大于上限；请对调", "is a range whose first is greater than its last"),
    "RANGE_1_TO_9": ("须为 1 到 9；0 表示不限", "must be from 1 to 9; 0 does not filter"),
    "CODE_PREFIX": (
        "不是代码或其开头；如 {example}",
        "is neither a code nor the beginning of one, such as {example}",
    ),
    "SUCCESSOR_NEEDED": (
        "重复或转移必须指明后继记录",
        "is needed for a duplicate or a move: the record that goes on",
    ),
    "SUCCESSOR_UNNEEDED": (
        "仅在重复或转移时填写；请删除",
        "is only for a duplicate or a move; remove it",
    ),
    "SUCCESSOR_ITSELF": (
        "就是被撤回的记录本身；请填写另一条记录",
        "is the record that is withdrawn; name another one",
    ),
    "REPLACES_LIVE": (
        "该记录尚未撤回；请修订它，或先撤回",
        "is a record that is not withdrawn; revise it, or withdraw it first",
    ),
    "REPLACES_UNKNOWN": (
        "本节点没有该记录；请填写本节点已撤回记录的名称，或留空",
        "is no record of this node; name one of it that was withdrawn, or none",
    ),
    "REVISION_UNKNOWN": (
        "{name} 没有这一版；历史中有哪些版本可查（ydx listing history），或填 0 取最新版",
        "is no revision of {name}; its history lists them (ydx listing history), 0 is the latest",
    ),
    "SUCCESSOR_UNKNOWN": (
        "本节点没有该记录；撤回不可恢复，请核对名称",
        "is no record of this node; a withdrawal is final, so check the name",
    ),
    "PART_UNKNOWN": (
        "不是可出示的部分；请填写 public、members 或留空",
        "is not a part that a receipt can open; give public or members, or leave it empty",
    ),
    "ERASED_PART_UNKNOWN": (
        "不是记录的部分；请填写 public、members 或 origin",
        "is not a part of a record; give public, members or origin",
    ),
    "LEGAL_GROUND": (
        "须为 2 到 64 个字母、数字、空格或 . : / -，例如 PIPL-47；它永久留在日志里，不得含个人信息",
        "has to be 2 to 64 letters, digits, blanks or . : / - (PIPL-47); it stays for good",
    ),
    "PART_ABSENT": (
        "不在该条目中；请换一个部分",
        "is not a part of this entry; name another one",
    ),
    "NUL_CHARACTER": ("含 NUL 字符；请删除", "has a NUL character; delete it"),
    "OWN_LISTING_MEMBER": (
        "不是本方成员 {member} 的信息；请填写本方自己的信息，或留空",
        "is no listing of {member}; name one of your own, or leave it empty",
    ),
    "OWN_LISTING_UNKNOWN": (
        "本节点没有该信息；请核对，或留空",
        "is no listing that is known here; check it, or leave it empty",
    ),
    "OWN_LISTING_WITHDRAWN": (
        "已撤回；请填写另一条信息，或留空",
        "was withdrawn; name another one, or leave it empty",
    ),
    "OWN_LISTING_OWNER": (
        "属于另一机构；请填写提出方自己的信息，或留空",
        "belongs to another organisation; name one of who asks, or leave it empty",
    ),
    "CONTRACT_UNCHANGED": (
        "与现行版本相同；没有可变更的内容，请先修改合同文件",
        "says what the version in force says: there is nothing to amend; change the text first",
    ),
    "REGISTER_NUMBER_TAKEN": (
        "已是合同 {name} 的登记编号；请核对编号",
        "is the register number of {name}; check the number",
    ),
    "SOURCE_TAKEN": (
        "来源编号已属于 {name}；请修订该记录",
        "is the source id of {name}; revise that record",
    ),
    "LABEL_TAKEN": (
        "已用于另一个已保存的检索；请换一个名称，或先删除原来的",
        "is the label of another saved query of yours; take another, or delete that one first",
    ),
    "WEBHOOK_URL": (
        "不是可回调的地址；请写成 https://主机/路径，不含用户名和片段",
        "is no address to call; write https://host/path without user or fragment",
    ),
    "WEBHOOK_HTTP": (
        "不是 https；明文回调须由运维以 search.webhook_allow_http 允许",
        "is not https; an operator can allow plain http with search.webhook_allow_http",
    ),
    "WEBHOOK_ADDRESS": (
        "是内网或本机地址；须由运维以 search.webhook_allow_private 允许",
        "is a private address; an operator can allow them with search.webhook_allow_private",
    ),
    "WEBHOOK_NONE": (
        "没有回调；请带回调地址重新保存",
        "has no webhook; save the query again with one",
    ),
    "PLATFORM_MISMATCH": (
        "平台令牌只能写自己的 source_platform（{own}）",
        "is another platform; this token writes only for {own}",
    ),
    "ONE_PART": (
        "是第二份内容；一份收据只附带一份，请分别取收据",
        "is a second part; a receipt opens one, get a receipt for each",
    ),
    # Warnings: the write is done all the same.
    "E_NOT_WHO_ASKED": (
        "不是合作意向的提出单位；请核对，收益将按合同双方分配",
        "is not the organisation that asked; compare it, income is shared between these sides",
    ),
    "E_NOT_WHOSE_LISTING": (
        "不是该条供需的单位；请核对，收益将按合同双方分配",
        "is not the organisation whose listing it is; compare it, income is shared between these",
    ),
    "E_ERASED_BEFORE": (
        "此前已依法删除，本次写入使其重新可读；如不应恢复，请从来源文件中删去并再次删除",
        "was erased before and can be read again by this; if it should not, drop and erase it",
    ),
}


def violation(field: str, rule: str, value: object = "", **facts: object) -> Finding:
    """Return the finding of a rule of RULES; `facts` fill its texts."""
    shown = str(value)
    if len(shown) > VALUE_MAX:
        shown = shown[: VALUE_MAX - 1] + "…"
    zh, en = RULES[rule]
    quoted_zh, quoted_en = (f"“{shown}”", f' "{shown}"') if shown else ("", "")
    return Finding(
        field,
        rule,
        shown,
        f"{field}{quoted_zh}{zh.format(**facts)}",
        f"{field}{quoted_en} {en.format(**facts)}",
    )


def invalid(field: str, rule: str, value: object = "", **facts: object) -> InvalidFields:
    """Return the refusal of one argument."""
    return InvalidFields([violation(field, rule, value, **facts)])
