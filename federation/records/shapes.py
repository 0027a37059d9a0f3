"""The kind of every field of every record: the limits that record-model.md sections 1 to 4 set.

Where a limit depends on another field (the summary that only a supply must have, say) it stands
with the rules of its record.
"""

from __future__ import annotations

from typing import Final

from federation.records import codec
from federation.records.coded_fields import (
    CreditCode,
    DecimalNumber,
    HttpsAddress,
    Industry,
    Ipc,
    RecordRef,
    Region,
)
from federation.records.fields import Choice, Digest, Flag, Group, Many, Number, shape
from federation.records.text_fields import Day, Identifier, Line, Prose, RegisterNumber

_PPM: Final = 1_000_000
_TECH_FIELD: Final = Choice(codec.TechField)

ORGANISATION_REF: Final = shape(
    codec.OrganisationRef,
    required="name",
    uscc=CreditCode(),
    name=Line(120),
    record=RecordRef("organisations"),
)
ATTACHMENT: Final = shape(
    codec.Attachment,
    required="name sha256 uri",
    name=Line(200),
    size_bytes=Number(),
    sha256=Digest(),
    uri=HttpsAddress(),
)
PERSON: Final = shape(
    codec.Person,
    required="name",
    name=Line(60),
    role=Line(60),
    phone=Line(40),
    email=Line(254),
    address=Line(200),
)
PRICE_RANGE: Final = shape(
    codec.PriceRange, negotiable=Flag(), amount_min_fen=Number(), amount_max_fen=Number()
)
INDICATOR: Final = shape(
    codec.Indicator,
    required="name",
    name=Prose(100),
    relation=Choice(codec.Relation),
    value=DecimalNumber(),
    value_max=DecimalNumber(),
    unit=Prose(30),
    text=Prose(500),
)

INTELLECTUAL_PROPERTY: Final = shape(
    codec.IntellectualProperty,
    required="type",
    type=Choice(codec.IpType),
    number=RegisterNumber(60),
    status=Choice(codec.IpStatus),
    expires_on=Day(),
    pct=Flag(),
)
CONSENT: Final = shape(
    codec.Consent,
    required="purpose scope granted_on",
    purpose=Prose(500),
    scope=Prose(500),
    granted_on=Day(),
    withdrawn_on=Day(),
)

SUPPLY: Final = shape(
    codec.Supply,
    required="advantages result_form transfer_modes",
    advantages=Prose(2000),
    result_form=Choice(codec.ResultForm),
    ip=Many(20, Group(INTELLECTUAL_PROPERTY)),
    owners=Many(
        20,
        Group(
            shape(
                codec.OwnerShare,
                required="organisation share_ppm",
                organisation=Group(ORGANISATION_REF),
                share_ppm=Number(1, _PPM),
            )
        ),
    ),
    transfer_modes=Many(3, Choice(codec.TransferMode), distinct=True),
    entitlement=Choice(codec.Entitlement),
    separate_asset=Flag(),
    public_funds=Flag(),
    convert_by=Day(),
    evaluation_level=Choice(codec.EvaluationLevel),
    evaluator=Line(120),
    evaluated_on=Day(),
    cooperation_need=Prose(1000),
    target_regions=Many(10, Region(), distinct=True),
    partner_type=Line(100),
    indicators=Many(30, Group(INDICATOR)),
    open_licence_fee_fen=Number(),
)
DEMAND: Final = shape(
    codec.Demand,
    required="problem indicators demand_type deadline_eoi",
    problem=Prose(2000),
    indicators=Many(30, Group(INDICATOR)),
    foundation=Prose(2000),
    demand_type=Choice(codec.DemandType),
    cooperation_modes=Many(3, Choice(codec.CooperationMode), distinct=True),
    deadline_eoi=Day(),
    anonymous=Flag(),
    challenge=Flag(),
    bounty_fen=Number(),
    verified_by=Line(120),
    verified_on=Day(),
)

LISTING_PUBLIC: Final = shape(
    codec.ListingPublic,
    required="kind title region tech_field source_platform source_id",
    kind=Choice(codec.ListingKind),
    title=Line(120, least=4),
    region=Region(),
    tech_field=_TECH_FIELD,
    trl=Number(0, 9),
    valid_until=Day(),
    status=Choice(codec.ListingStatus),
    open_for_enquiry=Flag(),
    source_platform=Identifier(60),
    source_id=Identifier(120),
    status_reason=Line(500),
    title_en=Line(256),
    summary=Prose(500),
    summary_en=Prose(1000),
    description=Prose(4000),
    keywords=Many(10, Line(30)),
    industry=Many(3, Industry(), distinct=True),
    ipc=Many(5, Ipc(), distinct=True),
    owner=Group(ORGANISATION_REF),
    classification=Choice(codec.Classification),
    export_control=Flag(),
    published_on=Day(),
    manager=RecordRef("managers"),
    service_organisation=RecordRef("organisations"),
    attachments=Many(10, Group(ATTACHMENT)),
    labels=Many(10, Line(60)),
    supply=Group(SUPPLY),
    demand=Group(DEMAND),
    same_as=RecordRef("listings"),
    trl_estimated=Flag(),
    declared_stage=Line(60),
)
LISTING_TERMS: Final = shape(
    codec.ListingTerms,
    price=Group(PRICE_RANGE),
    budget=Group(PRICE_RANGE),
    terms=Prose(2000),
    demander=Group(ORGANISATION_REF),
    confidentiality=Prose(500),
    evidence=Many(10, Group(ATTACHMENT)),
)
LISTING_CONTACTS: Final = shape(
    codec.ListingContacts, contacts=Many(5, Group(PERSON)), completers=Many(20, Group(PERSON))
)

ORGANISATION_PUBLIC: Final = shape(
    codec.OrganisationPublic,
    required="uscc title region type source_platform source_id",
    uscc=CreditCode(),
    title=Line(120, least=2),
    region=Region(),
    type=Choice(codec.OrganisationType),
    size=Choice(codec.OrganisationSize),
    industry=Industry(),
    status=Choice(codec.OrganisationStatus),
    merged_into_uscc=CreditCode(),
    source_platform=Identifier(60),
    source_id=Identifier(120),
    title_en=Line(256),
    description=Prose(2000),
    homepage=HttpsAddress(),
)
ORGANISATION_TERMS: Final = shape(codec.OrganisationTerms, terms=Prose(2000))
ORGANISATION_CONTACTS: Final = shape(codec.OrganisationContacts, contacts=Many(5, Group(PERSON)))

MANAGER_PUBLIC: Final = shape(
    codec.ManagerPublic,
    required="title region level employer source_platform source_id",
    title=Line(60),
    region=Region(),
    level=Choice(codec.ManagerLevel),
    employer=Group(ORGANISATION_REF),
    tech_fields=Many(5, _TECH_FIELD, distinct=True),
    regions_served=Many(10, Region(), distinct=True),
    certificates=Many(10, Line(60)),
    integrity_status=Choice(codec.IntegrityStatus),
    source_platform=Identifier(60),
    source_id=Identifier(120),
)
MANAGER_TERMS: Final = shape(codec.ManagerTerms, load=Number(), terms=Prose(2000))
MANAGER_PERSON: Final = shape(
    codec.ManagerPerson,
    person=Group(PERSON),
    consent=Group(CONSENT),
)
