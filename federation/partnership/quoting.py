"""How a contract quotes the enquiries that led to it, for those who cannot read them.

- A quote says what SUBMITTED and the INTRODUCED that stands say; both never change once there.
- Who holds the enquiry compares. A member neither writes nor confirms a contract that misquotes, so
  what both sides stand behind was checked by both.
"""

from __future__ import annotations

from typing import Final

from federation.log.errors import Refused
from federation.partnership.codec import LinkedEnquiry, parse_document
from federation.partnership.enquiry import Enquiry
from federation.partnership.terms import Link, read_link
from federation.records.refs import said_ref

_INTRODUCE_FIRST: Final = (
    "先完成引荐：受理方 ydx enquiry step … accepted，再由提出方 … introduced",
    "Introduce the two first: the listing's side accepts, then who asks takes the step introduced",
)


def quote(enquiry: Enquiry) -> LinkedEnquiry:
    """Return the quote of an enquiry, or refuse (STEP_NOT_ALLOWED) one that was not introduced."""
    introduced = enquiry.introduced
    if introduced is None:
        raise Refused(
            "STEP_NOT_ALLOWED",
            "only an introduced enquiry leads to a contract",
            cure=_INTRODUCE_FIRST,
            why="NOT_INTRODUCED",
            allowed="",
        )
    submission = parse_document(enquiry.chain[0].content).step.submission
    return LinkedEnquiry(
        enquiry=enquiry.id.subject,
        submitted=said_ref(enquiry.chain[0].ref),
        introduced=said_ref(introduced.ref),
        listing=submission.listing,
        from_region=submission.from_region,
        introducers=submission.introducers,
    )


def misquotes(link: Link, enquiry: Enquiry) -> tuple[str, ...]:
    """Return the fields in which a contract's quote differs from the enquiry that is held."""
    try:
        told = read_link(quote(enquiry))
    except Refused:
        return ("introduced",)
    fields = ("enquiry", "submitted", "introduced", "listing", "from_region", "introducers")
    return tuple(name for name in fields if getattr(told, name) != getattr(link, name))
