"""Log lines: structlog, JSON or console, on standard error, and nothing secret or personal in them.

- Every line, of this program and of the libraries below it, passes one redaction just before it is
  rendered, tracebacks included.
- A value is dropped whole when its key sounds like a secret, a contact or content. Bytes and
  messages are replaced by their size or type, so no payload can slip in.
- In all other text, tokens, passwords in URLs, e-mail addresses, mobile and identity numbers are
  masked, and what is too long is cut.
- Events are constant sentences; what varies stands in fields with the names of DESIGN.md.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, TextIO

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from structlog.typing import EventDict, Processor, WrappedLogger

TEXT_CHARACTERS_MAX: Final = 1000
TRACEBACK_CHARACTERS_MAX: Final = 20_000
MASK: Final = "[redacted]"
_SECRET_KEY: Final = re.compile(
    r"abstract|authorization|contact|content|credential|e?mail|mobile|passw|payload|phone|private"
    r"|salt|secret|summary|title|token(?!_id\b)",
    re.IGNORECASE,
)
_SECRET_TEXT: Final = (
    re.compile(r"(?<=ydx_)[0-9A-Za-z]+_[0-9A-Za-z_-]{16,}"),  # a bearer token
    re.compile(r"(?<=[Bb]earer )\S+"),
    re.compile(r"(?<=://)[^:/@\s]*:[^@\s]*(?=@)"),  # user and password of a URL
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # an e-mail address
    re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z])"),
    re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"),  # an identity number
)


def configure(log_format: str, log_level: str, stream: TextIO | None = None) -> None:
    """Send all log lines of the process to `stream` (standard error), "json" or "console"."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=(stream or sys.stderr).isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(log_level.upper())
    # It tells of every key that did not sign, which is normal where a threshold is less than all.
    logging.getLogger("tuf").setLevel(logging.WARNING)
    # It tells at every start that the database is what it should be.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Return the line without anything secret or personal (a structlog processor)."""
    return _clean_mapping(event)


def masked_text(text: str, limit: int = TEXT_CHARACTERS_MAX) -> str:
    """Return text with whatever looks secret or personal masked, at most `limit` characters."""
    for pattern in _SECRET_TEXT:
        text = pattern.sub(MASK, text)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def _clean(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key):
        return MASK
    if isinstance(value, dict):
        return _clean_mapping(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(key, item) for item in value]
    return _clean_scalar(value, TRACEBACK_CHARACTERS_MAX if key == "exception" else None)


def _clean_mapping(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    return {masked_text(str(key)): _clean(str(key), value) for key, value in mapping.items()}


def _clean_scalar(value: Any, limit: int | None) -> Any:
    match value:
        case bool() | int() | float() | None:
            return value
        case str() | BaseException() | PurePath():
            return masked_text(str(value), limit or TEXT_CHARACTERS_MAX)
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case _:
            return f"<{type(value).__name__}>"
