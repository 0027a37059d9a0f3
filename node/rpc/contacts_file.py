"""Contacts in a JSON file, as `ydx enquiry contacts` takes them: {"persons": […], "consent": {…}}.

A command line is seen by everybody on the machine, so personal data is never an argument. What is
wrong with the file is told without its content.
"""

from __future__ import annotations

from google.protobuf.json_format import Parse, ParseError

from federation.log.errors import Refused
from ydx.exchange.v1.partnership_pb2 import PartnershipContacts


def read_contacts(content: bytes) -> PartnershipContacts:
    """Return the contacts of a file; refuses BAD_FILE."""
    try:
        return Parse(content.decode(), PartnershipContacts())
    except (ParseError, UnicodeDecodeError):
        raise Refused(
            "BAD_FILE", 'the file is not JSON of the form {"persons": […], "consent": {…}}'
        ) from None
