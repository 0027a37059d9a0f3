"""The rules of publication by name, each with what is wrong and the cure, in Chinese and English.

Names without E_ are violations: the record is refused. Names with E_ are warnings: it is accepted
and should be mended. Texts are templates over the facts that the check gives.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Rule(NamedTuple):
    """What is wrong; the cure. In Chinese, parted by ；, and in English, parted by ;."""

    zh: str
    en: str


RULES: Final = {
    # Shape of any field.
    "REQUIRED": Rule("必填；请填写", "is required; fill it in"),
    "TEXT_TOO_SHORT": Rule(
        "只有 {length} 个字符，至少 {least} 个；请写得更具体",
        "has {length} characters, at least {least} are needed; say more",
    ),
    "TEXT_TOO_LONG": Rule(
        "有 {length} 个字符，至多 {most} 个；请精简",
        "has {length} characters, at most {most} are allowed; shorten it",
    ),
    "CONTROL_CHARACTER": Rule(
        "第 {place} 个字符是不可见的控制字符 U+{code}；请删除",
        "has the invisible control character U+{code} at character {place}; delete it",
    ),
    "IDENTIFIER_FORM": Rule(
        "编号首尾有空格或含控制字符；请按来源平台的原样给出",
        "has blanks at an end or control characters; give the platform's own identifier",
    ),
    "TOO_MANY": Rule(
        "有 {count} 项，至多 {most} 项；请删减",
        "has {count} items, at most {most} are allowed; remove some",
    ),
    "DUPLICATE_ITEM": Rule("与前面的一项重复；请删除", "repeats an item before it; remove it"),
    "CHOICE_UNKNOWN": Rule(
        "不是 {choice} 的选项；请从该枚举中选择",
        "is not a value of {choice}; choose one of that enumeration",
    ),
    "NUMBER_RANGE": Rule(
        "不在 {least} 到 {most} 之间；请改为范围内的整数",
        "is not between {least} and {most}; give an integer in that range",
    ),
    "DATE_FORM": Rule(
        "不是日期；请写成 2027-12-31 的形式", "is not a date; write it like 2027-12-31"
    ),
    "DATE_IN_FUTURE": Rule(
        "晚于今天（{today}）；请填写已发生的日期",
        "is after today ({today}); give a day that has come",
    ),
    "DATE_ORDER": Rule(
        "与 {other}（{other_value}）先后颠倒；请更正其中一个日期",
        "is on the wrong side of {other} ({other_value}); correct one of the two",
    ),
    "DECIMAL_FORM": Rule(
        "不是十进制数；请写成 450 或 0.5，单位另填",
        "is not a decimal number; write 450 or 0.5 and give the unit apart",
    ),
    "DIGEST_LENGTH": Rule(
        "有 {length} 字节；SHA-256 应为 32 字节，请重新计算",
        "has {length} bytes; a SHA-256 digest has 32, compute it again",
    ),
    "HTTPS_ADDRESS": Rule(
        "不是 https 地址；请填写平台上以 https:// 开头的地址",
        "is not an https address; give the one at the platform that begins with https://",
    ),
    "RECORD_NAME_FORM": Rule(
        "不是记录名；请写成 nodes/<成员>/{collection}/<26 位编号>",
        "is not a record's name; write nodes/<member>/{collection}/<26 letters>",
    ),
    # Codes.
    "REGION_UNKNOWN": Rule(
        "不是 GB/T 2260 行政区划代码；请填写六位代码，如 320500",
        "is not a GB/T 2260 region code; give six digits such as 320500",
    ),
    "INDUSTRY_UNKNOWN": Rule(
        "不是 GB/T 4754-2017 行业代码；请填写如 C3311 的代码",
        "is not a GB/T 4754-2017 industry code; give one such as C3311",
    ),
    "IPC_FORM": Rule(
        "不是国际专利分类号；请写成 C22C 21/00 或 C22C",
        "is not an IPC symbol; write C22C 21/00 or C22C",
    ),
    "USCC_FORM": Rule(
        "不是 18 位统一社会信用代码（不含 I、O、S、V、Z）；请核对营业执照，未知则留空",
        "is not an 18-character credit code (no I, O, S, V, Z); correct it, or leave it empty",
    ),
    "USCC_CHECK_DIGIT": Rule(
        "校验位不符，至少有一个字符有误；请核对营业执照",
        "has a check character that does not fit, so a character is wrong; compare the licence",
    ),
    # What must not be public.
    "PERSONAL_PHONE": Rule(
        "第 {place} 个字符处有电话号码；请删除，联系方式只填在 origin 部分",
        "has a phone number at character {place}; delete it, contacts go to origin only",
    ),
    "PERSONAL_EMAIL": Rule(
        "第 {place} 个字符处有电子邮箱；请删除，联系方式只填在 origin 部分",
        "has an e-mail address at character {place}; delete it, contacts go to origin only",
    ),
    "PERSONAL_ID_NUMBER": Rule(
        "第 {place} 个字符处有身份证号码；请删除，任何部分都不需要它",
        "has an identity card number at character {place}; delete it, no part needs it",
    ),
    "CLASSIFICATION_REFUSED": Rule(
        "涉密、核心或重要数据不得发布；请撤下，脱密后以一般数据发布",
        "is secret, core or important data; do not publish it, only general data may be",
    ),
    # Listings.
    "TITLE_ONLY_NUMBER": Rule(
        "不含文字；请写明是什么技术", "has no words; say what the technology is"
    ),
    "TITLE_ONLY_BRAND": Rule(
        "只是品牌或型号；请写明是什么技术",
        "is only a brand or model; say what the technology is",
    ),
    "WRONG_KIND": Rule(
        "不属于这类信息；{kind} 请删除此字段或改正 public.kind",
        "does not belong to a listing of kind {kind}; remove it or correct public.kind",
    ),
    "TRL_ESTIMATE": Rule(
        "标明为估计值但缺少就绪度或 declared_stage；请补充，或取消 trl_estimated",
        "is marked as estimated without a level or declared_stage; give both or clear the mark",
    ),
    "PRICE_EMPTY": Rule(
        "既非面议也无金额；请标明面议、填写金额或删除",
        "is neither negotiable nor has an amount; set one, or remove it",
    ),
    "PRICE_NEGOTIABLE": Rule(
        "标为面议却有金额；请二者取一",
        "is negotiable yet has an amount; keep one of the two",
    ),
    "PRICE_ORDER": Rule(
        "上限低于下限 {least} 分；请更正（0 表示不设上限）",
        "is below the least amount of {least} fen; correct it (0 means open)",
    ),
    "INDICATOR_VALUE": Rule(
        "缺少数值与关系，且无文字说明；请填写 relation 与 value，或填写 text",
        "has neither relation and value nor text; give relation and value, or text",
    ),
    "INDICATOR_RANGE": Rule(
        "区间上限缺失、多余或低于下限；relation 为 RANGE 时请填写不小于 value 的 value_max",
        "misses, does not need, or is below the lower end; for RANGE give one not below value",
    ),
    # Supplies.
    "SHARES_SUM": Rule(
        "份额合计 {total} ppm，应为 1,000,000；请更正各方份额",
        "has shares that sum to {total} ppm instead of 1,000,000; correct them",
    ),
    "SHARES_WITHOUT_OWNER": Rule(
        "不包含权利人 public.owner；请加入其份额",
        "does not hold the owner, public.owner; add its share",
    ),
    "PAPER_WITHOUT_RIGHT": Rule(
        "论文或报告须有未失效的知识产权或技术秘密；"
        "请填写 public.supply.ip，或置为 ON_HOLD 或 FLAGGED",
        "is a paper or report without a right that has not lapsed; name one in public.supply.ip, "
        "or set ON_HOLD or FLAGGED",
    ),
    "FEE_WITHOUT_OPEN_LICENCE": Rule(
        "未选开放许可却有许可费；请在 transfer_modes 中加入 OPEN_LICENCE 或清零",
        "is a fee without an open licence; add OPEN_LICENCE to transfer_modes, or set 0",
    ),
    # Demands.
    "OWNER_OF_ANONYMOUS": Rule(
        "匿名需求不得公开需求方；请移到 members.demander",
        "names the demander of an anonymous demand; move it to members.demander",
    ),
    "DEMANDER_OF_NAMED": Rule(
        "仅匿名需求才填写；请标明 public.demand.anonymous，或移到 public.owner",
        "is given only for an anonymous demand; set public.demand.anonymous, or use public.owner",
    ),
    "DEMANDER_NAMED": Rule(
        "第 {place} 个字符处写出了匿名需求的需求方；请改为不含其名称与代码的说法",
        "names the demander of an anonymous demand at character {place}; say it without the name",
    ),
    "BOUNTY_WITHOUT_CHALLENGE": Rule(
        "非揭榜挂帅却有榜额；请标明 challenge 或清零",
        "is a bounty without a challenge; set challenge, or 0",
    ),
    # Organisations and managers.
    "MERGED_INTO": Rule(
        "仅在合并时填写，且须为另一机构的代码；请更正 status 或此代码",
        "is given only for MERGED and names another organisation; correct status or this code",
    ),
    "CONSENT_REQUIRED": Rule(
        "缺少本人同意；请填写 origin.consent 的用途、范围与日期，或删除个人信息",
        "lacks the person's consent; give purpose, scope and day, or remove the person",
    ),
    "CONSENT_WITHDRAWN": Rule(
        "本人已撤回同意；请删除个人信息",
        "is kept although the consent was withdrawn; remove the person",
    ),
    # Revisions.
    "KIND_CHANGED": Rule(
        "首次发布时为 {before}，不可更改；请撤回并另行发布",
        "was {before} at first and is fixed; withdraw the record and publish another",
    ),
    "USCC_CHANGED": Rule(
        "首次发布时为 {before}，不可更改；请撤回并另行发布",
        "was {before} at first and is fixed; withdraw the record and publish another",
    ),
    "STATUS_FIRST": Rule(
        "不能作为首个状态；请先发布为 PUBLISHED、ON_HOLD 或 FLAGGED",
        "cannot be the first status; publish as PUBLISHED, ON_HOLD or FLAGGED",
    ),
    "STATUS_MOVE": Rule(
        "不能由 {before} 变更而来；可变更为 {choices}",
        "cannot follow {before}; it may become {choices}",
    ),
    "VALIDITY_REMOVED": Rule(
        "首次有效期至 {first}，不可取消；请填写日期",
        "was {first} at first and cannot be dropped; give a day",
    ),
    "RENEWED_TWICE": Rule(
        "已延期一次，不可再延；请撤回后重新发布并注明 replaces",
        "was renewed before; withdraw the record and publish it again with replaces",
    ),
    "RENEWAL_TOO_LONG": Rule(
        "超过首次有效期 {first} 后 365 天；最晚可到 {latest}",
        "is over 365 days after the first validity, {first}; give at latest {latest}",
    ),
    # Warnings.
    "E_NFKC": Rule(
        "含全角或兼容字符，已存为“{stored}”；请确认",
        'has full-width or compatibility characters and was stored as "{stored}"; confirm it',
    ),
    "E_TRUNC": Rule("似被截断或有乱码；请补全", "looks cut or damaged; complete it"),
    "E_TITLE": Rule(
        "可能只是名称或型号；请写明是什么技术", "may be only a name; say what the technology is"
    ),
    "E_LANG": Rule(
        "没有中文；请补充中文，英文放在 title_en",
        "has no Chinese; add it and keep the English in title_en",
    ),
    "E_REGION": Rule(
        "不在 2019 年 4 月版 GB/T 2260 中，按新设或撤销的区划接受；请核对",
        "is not in GB/T 2260 of April 2019, taken as a newer or abolished division; compare it",
    ),
    "E_USCC_REGION": Rule(
        "登记地 {registered} 与 public.region 不同；如未迁址请核对",
        "is registered in {registered}, not in public.region; compare them unless it moved",
    ),
    "E_UNRESOLVED": Rule(
        "没有统一社会信用代码，机构未能确认；请补充 uscc",
        "has no credit code, so the organisation stays unresolved; add uscc",
    ),
    "E_IP_NUMBER": Rule(
        "专利号校验位应为 {check}；请核对",
        "should have the check digit {check}; compare the certificate",
    ),
    "E_SELF_DECLARED": Rule(
        "没有评价机构，按自评显示；请填写 evaluator",
        "has no evaluator and is shown as self-declared; give evaluator",
    ),
    "E_AMOUNT_SMALL": Rule(
        "不足 1,000 元，而金额以分计；请核对是否误按元或万元填写",
        "is below 1,000 yuan, and amounts are in fen; compare it, was yuan or 万元 meant?",
    ),
    "E_EXPIRED": Rule(
        "已过期（今天 {today}）；请更新日期或撤回",
        "has passed (today is {today}); renew it or withdraw",
    ),
}
