"""Which roles may call what: the one table. What has no row here cannot be registered.

Rules (DESIGN section 10):

- Default deny: a caller without one of the roles of the row gets ROLE_MISSING.
- Platforms write and erase records, each its own; security erases any. Auditors read all and write
  no record. Whoever reads may save its own queries.
- Clerks write contracts; partners read those of their organisation, platforms read none. Reports
  count every contract, so partners do not read them.
- Clerks propose ledger documents and close periods, approvers accept; partners read their own
  lines of the books.
- Partners and clerks ask; platforms answer for their listings too. Which enquiries a caller acts
  for is told by `services.partnership.enquiry_access`.
- SyncService is for members only, and members' certificates open nothing else.
"""

from __future__ import annotations

from typing import Final

from node.services.access import Role

READERS: Final = frozenset(
    {Role.PLATFORM, Role.PARTNER, Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR}
)
WRITERS: Final = frozenset({Role.PLATFORM})
ASKERS: Final = frozenset({Role.PARTNER, Role.CLERK})
PARTIES: Final = ASKERS | {Role.PLATFORM}
OPERATORS: Final = frozenset({Role.OPERATOR})
CLERKS: Final = frozenset({Role.CLERK})
REPORT_READERS: Final = frozenset({Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR})
CONTRACT_READERS: Final = REPORT_READERS | {Role.PARTNER}
ANY_TOKEN: Final = READERS | {Role.SECURITY}
MEMBERS: Final = frozenset({Role.MEMBER})
APPROVERS: Final = frozenset({Role.APPROVER})
BOOK_READERS: Final = frozenset({Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR})
LINE_READERS: Final = BOOK_READERS | {Role.PARTNER}

_CATALOGUE: Final = "ydx.exchange.v1.CatalogueService"
_SEARCH: Final = "ydx.exchange.v1.SearchService"
_CONTRACT: Final = "ydx.exchange.v1.ContractService"
_PARTNERSHIP: Final = "ydx.exchange.v1.PartnershipService"
_LEDGER: Final = "ydx.exchange.v1.LedgerService"
_NODE: Final = "ydx.exchange.v1.NodeService"
_SYNC: Final = "ydx.sync.v1.SyncService"

POLICY: Final[dict[str, frozenset[Role]]] = {
    f"/{_CATALOGUE}/PublishListing": WRITERS,
    f"/{_CATALOGUE}/ReviseListing": WRITERS,
    f"/{_CATALOGUE}/WithdrawListing": WRITERS,
    f"/{_CATALOGUE}/GetListing": READERS,
    f"/{_CATALOGUE}/ListListings": READERS,
    f"/{_CATALOGUE}/PublishOrganisation": WRITERS,
    f"/{_CATALOGUE}/ReviseOrganisation": WRITERS,
    f"/{_CATALOGUE}/WithdrawOrganisation": WRITERS,
    f"/{_CATALOGUE}/GetOrganisation": READERS,
    f"/{_CATALOGUE}/ListOrganisations": READERS,
    f"/{_CATALOGUE}/PublishManager": WRITERS,
    f"/{_CATALOGUE}/ReviseManager": WRITERS,
    f"/{_CATALOGUE}/WithdrawManager": WRITERS,
    f"/{_CATALOGUE}/GetManager": READERS,
    f"/{_CATALOGUE}/ListManagers": READERS,
    f"/{_CATALOGUE}/BatchPublishListings": WRITERS,
    f"/{_CATALOGUE}/WatchChanges": READERS,
    f"/{_CATALOGUE}/ListChanges": READERS,
    f"/{_CATALOGUE}/GetReceipt": READERS,
    f"/{_CATALOGUE}/GetListingHistory": READERS,
    f"/{_CATALOGUE}/EraseRecord": WRITERS | {Role.SECURITY},
    f"/{_SEARCH}/SearchListings": READERS,
    f"/{_SEARCH}/MatchListings": READERS,
    f"/{_SEARCH}/GiveMatchFeedback": READERS - {Role.AUDITOR},
    f"/{_SEARCH}/ListDuplicates": READERS,
    f"/{_SEARCH}/DismissDuplicate": READERS - {Role.AUDITOR},
    f"/{_SEARCH}/ListDuplicateKeys": READERS,
    f"/{_SEARCH}/RebuildIndex": OPERATORS,
    f"/{_SEARCH}/SaveQuery": READERS,
    f"/{_SEARCH}/ListSavedQueries": READERS,
    f"/{_SEARCH}/DeleteSavedQuery": READERS,
    f"/{_SEARCH}/ListAlerts": READERS,
    f"/{_SEARCH}/WatchAlerts": READERS,
    f"/{_SEARCH}/AcknowledgeAlerts": READERS,
    f"/{_SEARCH}/RotateWebhookSecret": READERS,
    f"/{_CONTRACT}/CreateContract": CLERKS,
    f"/{_CONTRACT}/AmendContract": CLERKS,
    f"/{_CONTRACT}/ConfirmContract": CLERKS,
    f"/{_CONTRACT}/RecordRegistration": CLERKS,
    f"/{_CONTRACT}/CancelContract": CLERKS,
    f"/{_CONTRACT}/GetContract": CONTRACT_READERS,
    f"/{_CONTRACT}/ListContracts": CONTRACT_READERS,
    f"/{_CONTRACT}/GetContractReceipt": CONTRACT_READERS,
    f"/{_CONTRACT}/GetReport": REPORT_READERS,
    f"/{_CONTRACT}/GetOrganisationView": READERS,
    f"/{_PARTNERSHIP}/SubmitEnquiry": ASKERS,
    f"/{_PARTNERSHIP}/TakeEnquiryStep": PARTIES,
    f"/{_PARTNERSHIP}/AddEnquiryNote": PARTIES,
    f"/{_PARTNERSHIP}/GiveContacts": PARTIES,
    f"/{_PARTNERSHIP}/WithdrawConsent": PARTIES,
    f"/{_PARTNERSHIP}/GetEnquiry": READERS,
    f"/{_PARTNERSHIP}/ListEnquiries": READERS,
    f"/{_PARTNERSHIP}/GetEnquiryReceipt": READERS,
    f"/{_LEDGER}/CreateAgreement": CLERKS,
    f"/{_LEDGER}/AmendAgreement": CLERKS,
    f"/{_LEDGER}/TerminateAgreement": CLERKS,
    f"/{_LEDGER}/GetAgreement": LINE_READERS,
    f"/{_LEDGER}/ListAgreements": LINE_READERS,
    f"/{_LEDGER}/SimulateAllocation": BOOK_READERS,
    f"/{_LEDGER}/SetAcceptancePolicy": APPROVERS,
    f"/{_LEDGER}/ProposeIncome": CLERKS,
    f"/{_LEDGER}/BatchProposeIncomes": CLERKS,
    f"/{_LEDGER}/ProposeReversal": CLERKS,
    f"/{_LEDGER}/ProposePayment": CLERKS,
    f"/{_LEDGER}/AcceptProposals": APPROVERS,
    f"/{_LEDGER}/RejectProposal": APPROVERS,
    f"/{_LEDGER}/DisputeIncome": CLERKS | APPROVERS,
    f"/{_LEDGER}/GetProposal": BOOK_READERS,
    f"/{_LEDGER}/ListProposals": BOOK_READERS,
    f"/{_LEDGER}/ListEntries": LINE_READERS,
    f"/{_LEDGER}/GetBalances": LINE_READERS,
    f"/{_LEDGER}/ClosePeriod": CLERKS,
    f"/{_LEDGER}/ListStatements": LINE_READERS,
    f"/{_LEDGER}/AcceptStatement": APPROVERS,
    f"/{_LEDGER}/GetNetting": LINE_READERS,
    f"/{_LEDGER}/GetAuditTrail": BOOK_READERS,
    f"/{_LEDGER}/ExportBooks": BOOK_READERS,
    f"/{_LEDGER}/ReconcileBooks": BOOK_READERS,
    f"/{_NODE}/GetNode": ANY_TOKEN,
    f"/{_NODE}/GetSyncStatus": ANY_TOKEN,
    f"/{_NODE}/GetStateDigest": ANY_TOKEN,
    f"/{_NODE}/GetTrustFiles": ANY_TOKEN,
    f"/{_NODE}/RetryPeer": OPERATORS,
    f"/{_SYNC}/GetHeads": MEMBERS,
    f"/{_SYNC}/WatchHeads": MEMBERS,
    f"/{_SYNC}/ReadLog": MEMBERS,
    f"/{_SYNC}/FetchParts": MEMBERS,
    f"/{_SYNC}/Cosign": MEMBERS,
    f"/{_SYNC}/GetTrustFile": MEMBERS,
    f"/{_SYNC}/ReconcileBooks": MEMBERS,
}


def allowed_roles(method: str) -> frozenset[Role]:
    """Roles that may call `method` ("/package.Service/Method"). Raise LookupError without a row."""
    if method not in POLICY:
        raise LookupError(f"{method} has no row in the policy table")
    return POLICY[method]
