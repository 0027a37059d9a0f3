"""Records that keep every rule: one of each kind, to be spoilt by the tests."""

from __future__ import annotations

from datetime import date

from federation.records.codec import (
    Attachment,
    CooperationMode,
    Demand,
    DemandType,
    EvaluationLevel,
    Indicator,
    IntellectualProperty,
    IpStatus,
    IpType,
    Listing,
    ListingKind,
    ListingPublic,
    ListingStatus,
    ListingTerms,
    Manager,
    ManagerLevel,
    ManagerPublic,
    Organisation,
    OrganisationPublic,
    OrganisationRef,
    OrganisationSize,
    OrganisationType,
    PriceRange,
    Relation,
    ResultForm,
    Supply,
    TechField,
    TransferMode,
)
from federation.records.uscc import check_character

TODAY = date(2026, 7, 30)
SUBJECT = "01arz3ndektsv4rrffq69g5fav"


def credit_code(body: str) -> str:
    """Return a valid code of 17 characters that belong to nobody."""
    return body + check_character(body)


UNIVERSITY = credit_code("12310000MB1EXAMP1")
COMPANY = credit_code("91320500MATEXT0A1")


def supply() -> Listing:
    """Return a supply that keeps every rule and earns no warning."""
    return Listing(
        public=ListingPublic(
            kind=ListingKind.LISTING_KIND_SUPPLY,
            title="高强耐蚀轻量化铝合金板材",
            title_en="High-strength corrosion-resistant aluminium sheet",
            region="310115",
            tech_field=TechField.TECH_FIELD_NEW_MATERIALS,
            trl=7,
            valid_until="2027-06-30",
            status=ListingStatus.LISTING_STATUS_PUBLISHED,
            open_for_enquiry=True,
            source_platform="shanghai-tt",
            source_id="SH-2026-000123",
            summary="面向近海装备的铝合金板材，强度与耐蚀性兼顾，已完成中试。",
            description="采用微合金化与分级时效工艺。\n盐雾试验 1000 小时无明显腐蚀。",
            keywords=["铝合金", "耐蚀", "轻量化"],
            industry=["C3252"],
            ipc=["C22C 21/00"],
            owner=OrganisationRef(uscc=UNIVERSITY, name="示例大学"),
            published_on="2026-07-01",
            attachments=[
                Attachment(
                    name="测试报告.pdf",
                    size_bytes=1024,
                    sha256=bytes(32),
                    uri="https://tt.example.cn/files/1.pdf",
                )
            ],
            labels=["POC"],
            supply=Supply(
                advantages="屈服强度比 7075 提高 12%，成本降低 8%。",
                result_form=ResultForm.RESULT_FORM_INVENTION_PATENT,
                ip=[
                    IntellectualProperty(
                        type=IpType.IP_TYPE_INVENTION,
                        number="ZL202310123456.6",
                        status=IpStatus.IP_STATUS_GRANTED,
                        expires_on="2043-02-01",
                    )
                ],
                transfer_modes=[TransferMode.TRANSFER_MODE_LICENCE],
                evaluation_level=EvaluationLevel.EVALUATION_LEVEL_NATIONAL_LEADING,
                evaluator="示例评价中心",
                evaluated_on="2025-12-01",
                target_regions=["320000", "340100"],
                indicators=[indicator()],
            ),
        ),
        members=ListingTerms(
            price=PriceRange(amount_min_fen=50_000_000, amount_max_fen=80_000_000),
            terms="可分期付款。",
        ),
    )


def demand() -> Listing:
    """Return a demand that keeps every rule and earns no warning."""
    return Listing(
        public=ListingPublic(
            kind=ListingKind.LISTING_KIND_DEMAND,
            title="动力电池低温续航提升技术",
            region="320583",
            tech_field=TechField.TECH_FIELD_NEW_ENERGY,
            valid_until="2027-03-31",
            source_platform="jiangsu-tt",
            source_id="JS-7",
            owner=OrganisationRef(uscc=COMPANY, name="示例新能源有限公司"),
            demand=Demand(
                problem="冬季低温续航下降明显，缺少可量产的热管理方案。",
                indicators=[
                    Indicator(
                        name="续航衰减",
                        relation=Relation.RELATION_AT_MOST,
                        value="15",
                        unit="%",
                    )
                ],
                demand_type=DemandType.DEMAND_TYPE_RESEARCH,
                cooperation_modes=[CooperationMode.COOPERATION_MODE_JOINT_DEVELOPMENT],
                deadline_eoi="2027-01-31",
            ),
        ),
        members=ListingTerms(budget=PriceRange(negotiable=True)),
    )


def indicator() -> Indicator:
    """Return an indicator that compares."""
    return Indicator(name="抗拉强度", relation=Relation.RELATION_AT_LEAST, value="450", unit="MPa")


def organisation() -> Organisation:
    """Return an organisation that keeps every rule and earns no warning."""
    return Organisation(
        public=OrganisationPublic(
            uscc=COMPANY,
            title="示例新能源有限公司",
            region="320500",
            type=OrganisationType.ORGANISATION_TYPE_COMPANY,
            size=OrganisationSize.ORGANISATION_SIZE_SMALL,
            industry="C38",
            source_platform="jiangsu-tt",
            source_id="ORG-1",
            homepage="https://www.example.cn/",
        )
    )


def manager() -> Manager:
    """Return a technology manager that keeps every rule and earns no warning."""
    return Manager(
        public=ManagerPublic(
            title="苏技经-0012",
            region="320500",
            level=ManagerLevel.MANAGER_LEVEL_INTERMEDIATE,
            employer=OrganisationRef(uscc=COMPANY, name="示例新能源有限公司"),
            tech_fields=[TechField.TECH_FIELD_NEW_ENERGY],
            regions_served=["320500", "310000"],
            certificates=["技术经纪人资格证"],
            source_platform="jiangsu-tt",
            source_id="M-12",
        )
    )
