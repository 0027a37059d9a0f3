"""The settings model; the example file and the reference table are generated from it.

- Every setting has a default, except who the node is, and a description that a person can act on.
- Units stand last in the name (`_s`, `_ms`, `_bytes`).
- A relative path counts from `node.folder`; `node.folder` itself from the folder of the file.
- What leaves this machine is encrypted: the exchange and web listeners are plaintext on loopback
  only. The federation listener is always mutual TLS, the telemetry listener never.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    StringConstraints,
)
from pydantic import model_validator as check_model
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

PORT_MAX = 65_535


def split_address(address: str) -> tuple[str, int]:
    """Return (host, port) of `host:port` or `[v6]:port`; raises ValueError."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > PORT_MAX:
        raise ValueError("write it as host:port, for example 127.0.0.1:7401")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError("write an IPv6 address in brackets, for example [::1]:7401")
    return host, int(port)


def is_loopback(address: str) -> bool:
    """Tell whether an address of a listener can be reached from this machine only."""
    host, _ = split_address(address)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(value: str) -> str:
    split_address(value)
    return value


Address = Annotated[str, AfterValidator(_address)]
MemberName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Domain = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")]


def _day(value: str) -> str:
    date.fromisoformat(value)
    return value


_DATABASES: Final = re.compile(
    r"sqlite:///[^/?].*|sqlite:////.+|postgres(?:ql(?:\+psycopg)?)?://.+"
)


def _database(value: str) -> str:
    if not _DATABASES.fullmatch(value):
        raise ValueError("write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return value


DatabaseUrl = Annotated[str, AfterValidator(_database)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]


class Section(BaseModel):
    """One table of the file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class Node(Section):
    """Who this node is."""

    member: MemberName = Field(description="Name of the member that runs this node")
    federation: Domain = Field(
        description="Domain of the federation; with the member it names the log: <domain>/<member>"
    )
    folder: Path = Field(
        default=Path(), description="Folder of all files; relative paths below count from it"
    )

    @property
    def origin(self) -> str:
        """Return the origin of the member's first log."""
        return f"{self.federation}/{self.member}"


class Listen(Section):
    """Where the node answers. Port 0 takes a free port."""

    federation: Address = Field(
        default="127.0.0.1:7400",
        description="Members' nodes: gRPC, always mutual TLS with pinned keys",
    )
    exchange: Address = Field(
        default="127.0.0.1:7401",
        description="Platforms, partners and operators: gRPC with bearer tokens",
    )
    exchange_certificate: Path | None = Field(
        default=None,
        description="Certificate chain (PEM) of the exchange listener; needed off loopback",
    )
    exchange_key: Path | None = Field(
        default=None, description="Private key (PEM) of the exchange listener"
    )
    exchange_reflection: bool = Field(
        default=False, description="Whether the exchange listener describes its services to anyone"
    )
    web: Address = Field(
        default="127.0.0.1:7402", description="Log monitors and browsers: HTTP, public content only"
    )
    web_certificate: Path | None = Field(
        default=None, description="Certificate chain (PEM) of the web listener; needed off loopback"
    )
    web_key: Path | None = Field(default=None, description="Private key (PEM) of the web listener")
    telemetry: Address = Field(
        default="127.0.0.1:7403", description="Prometheus and probes: HTTP without access control"
    )

    @check_model(mode="after")
    def _encrypted_off_loopback(self) -> Self:
        for name in ("exchange", "web"):
            certificate = getattr(self, f"{name}_certificate")
            if (certificate is None) != (getattr(self, f"{name}_key") is None):
                raise ValueError(f"{name}_certificate and {name}_key belong together: set both")
            if certificate is None and not is_loopback(getattr(self, name)):
                raise ValueError(
                    f"{name} is plaintext and not on loopback: "
                    f"set {name}_certificate and {name}_key, or listen on 127.0.0.1"
                )
        return self


class Keys(Section):
    """What the node signs with, and what it trusts."""

    folder: Path = Field(
        default=Path("keys"),
        description="Keys and the state file beside each; never put back from an old backup",
    )
    trust_root: Path = Field(
        default=Path("trust/root.json"),
        description="The pinned TUF root file, from which all trust starts; others lie beside it",
    )


class Database(Section):
    """Where the log and the views are kept."""

    url: DatabaseUrl = Field(
        default="sqlite:///ydx.sqlite",
        description="sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME (15 or newer)",
        repr=False,
    )


class Sync(Section):
    """How the node follows the other members."""

    checkpoint_interval_ms: PositiveInt = Field(
        default=200,
        le=1000,
        description="Shortest time between two checkpoints of the own log, at most 1000",
    )
    poll_interval_s: PositiveFloat = Field(
        default=10,
        description="How often each member is asked for its heads when its stream is silent",
    )
    addresses: dict[MemberName, Address] = Field(
        default_factory=dict,
        description="Addresses instead of the registry's, for example { anhui = '10.0.0.4:7400' }",
    )


class Search(Section):
    """The full-text index, built again where it is missing; and alerts of saved queries."""

    folder: Path = Field(default=Path("search"), description="Folder of the index; needs no backup")
    webhook_allow_private: bool = Field(
        default=False,
        description="Whether webhooks of callers may go to private and loopback addresses",
    )
    webhook_allow_http: bool = Field(
        default=False, description="Whether webhooks may go to http:// addresses, unencrypted"
    )


class Erasure(Section):
    """When payload and salt of erased parts are destroyed; they are hidden at once."""

    safety_delay_s: NonNegativeInt = Field(
        default=259_200,
        description="Time from an erasure to its destruction here; what is hidden stays hidden, "
        "but its bytes can be held back (daily_limit_permille = 0)",
    )
    daily_limit_permille: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=50,
        description="Share of a log's live parts that one day may erase; above it an operator "
        "agrees by `ydx log destroy --agree`, or nothing of that day is destroyed; 0 holds "
        "everything back until then",
    )


class Partnership(Section):
    """Enquiries between regions: how long answers may take, and how many may be asked."""

    name_center: bool = Field(
        default=True,
        description="Whether the center may read enquiries, so that it can report on all regions; "
        "contacts never name it",
    )
    answer_days: PositiveInt = Field(
        default=5, description="Working days to an answer of any kind, where this node asks"
    )
    decision_days: PositiveInt = Field(
        default=20, description="Working days to a decision, where this node asks"
    )
    remind_days: PositiveInt = Field(
        default=2, description="Working days before a deadline in which an item is a reminder"
    )
    enquiries_a_day: PositiveInt = Field(
        default=50,
        description="New enquiries that one organisation may submit in a day; ten times as many "
        "notes, contacts and questions",
    )
    holidays: str = Field(
        default="china",
        description="china, or a file of lines `YYYY-MM-DD off` and `YYYY-MM-DD work`, "
        "for what differs from Monday to Friday",
    )


class Target(Section):
    """An amount that reports measure progress to."""

    measure: Literal[
        "contracts",
        "contract_amount_fen",
        "technical_amount_fen",
        "institution_amount_fen",
        "registered_contracts",
        "managers",
        "transfer_organisations",
    ]
    amount: PositiveInt
    until: Day


_PLAN_UNTIL: Final = "2027-12-31"
PLAN_TARGETS: Final = {
    "turnover": Target(measure="contract_amount_fen", amount=80_000_000_000_000, until=_PLAN_UNTIL),
    "institutions": Target(
        measure="institution_amount_fen", amount=10_000_000_000_000, until=_PLAN_UNTIL
    ),
    "managers": Target(measure="managers", amount=3_000, until=_PLAN_UNTIL),
    "transfer_organisations": Target(
        measure="transfer_organisations", amount=100, until=_PLAN_UNTIL
    ),
}
"""The action plan's: 成交额 8000 亿元, 合同额 1000 亿元, 技术经理人 3000, 技术转移机构 100."""


class Report(Section):
    """What reports measure against."""

    targets: dict[str, Target] = Field(
        default=PLAN_TARGETS,
        description="Targets by name: what is measured (contracts, contract_amount_fen, "
        "technical_amount_fen, institution_amount_fen, registered_contracts, managers, "
        "transfer_organisations), the amount, and the last day that counts",
    )


class Limits(Section):
    """What callers may ask for."""

    unary_threads: PositiveInt = Field(
        default=64, description="Threads that answer unary calls; as many writes share one commit"
    )
    stream_threads: PositiveInt = Field(
        default=64, description="Threads that serve streams; this many can be open at once"
    )
    stream_life_s: PositiveInt = Field(
        default=1800,
        description="After this time a stream ends cleanly with a position to resume from",
    )
    saved_queries: PositiveInt = Field(
        default=50, description="Queries that one caller may save to hear what is new"
    )
    web_requests_per_s: PositiveFloat = Field(
        default=50,
        description="Sustained HTTP requests of one address; ten seconds' worth may come at once",
    )


class Telemetry(Section):
    """What the node says about itself."""

    log_format: Literal["json", "console"] = Field(
        default="json", description="How log lines are written to standard error"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important lines that are written"
    )


class _KeysOfSections(EnvSettingsSource):
    """The environment, key by key: `YDX_NODE` is the address that commands ask, no section."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return no value for a section as a whole."""
        _, key, is_complex = super().get_field_value(field, field_name)
        return None, key, is_complex


class Settings(BaseSettings):
    """All settings. The environment (`YDX_<SECTION>__<KEY>`) replaces what is passed in."""

    model_config = SettingsConfigDict(
        env_prefix="YDX_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    node: Node
    listen: Listen = Listen()
    keys: Keys = Keys()
    database: Database = Database()
    sync: Sync = Sync()
    limits: Limits = Limits()
    search: Search = Search()
    erasure: Erasure = Erasure()
    partnership: Partnership = Partnership()
    report: Report = Report()
    telemetry: Telemetry = Telemetry()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file; read nothing else."""
        del env_settings, dotenv_settings, file_secret_settings
        return _KeysOfSections(settings_cls), init_settings


def sections() -> dict[str, type[Section]]:
    """Return the model of each section, in the order of the file."""
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }
