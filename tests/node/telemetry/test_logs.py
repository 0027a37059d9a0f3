"""Log lines: no token, no contact, no payload, whoever writes them."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from node.telemetry.logs import configure, masked_text, redact

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRETS = {
    "a bearer token": "ydx_k3v9_Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5",
    "an authorization header": "Bearer abcdef.0123456789",
    "a database password": "postgresql://ydx:hunter2@db/ydx",
    "an e-mail address": "li.lei@example.com",
    "a mobile number": "13812345678",
    "a mobile number with its country": "+86 138-1234-5678",
    "an identity number": "11010519491231002X",
}
HARMLESS = [
    "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
    "01arz3ndektsv4rrffq69g5fav",
    "nodes/anhui/listings/01arz3ndektsv4rrffq69g5fav",
    "ydx.example/anhui",
    "127.0.0.1:7401",
    "leaf 1234567 of 13800000",
]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure("json", "info", stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def only_line(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    result: dict[str, Any] = json.loads(line)
    return result


def test_a_line_says_what_happened_when_and_where(lines: io.StringIO) -> None:
    structlog.get_logger("node.sync").warning("peer refused", peer="anhui", tree_size=7)
    line = only_line(lines)
    assert line["event"] == "peer refused"
    assert (line["peer"], line["tree_size"]) == ("anhui", 7)
    assert (line["logger"], line["level"]) == ("node.sync", "warning")
    assert line["timestamp"].endswith("Z")


def test_the_libraries_lines_have_the_same_shape(lines: io.StringIO) -> None:
    logging.getLogger("aiohttp.access").warning("took %d s", 3, extra={"route": "tile"})
    line = only_line(lines)
    assert line["event"] == "took 3 s"
    assert (line["logger"], line["route"]) == ("aiohttp.access", "tile")


def test_what_is_less_important_is_not_written(lines: io.StringIO) -> None:
    structlog.get_logger("node").debug("detail")
    logging.getLogger("grpc").debug("detail")
    assert not lines.getvalue()


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_secrets_are_masked_wherever_they_stand(lines: io.StringIO, secret: str) -> None:
    log = structlog.get_logger("node")
    log.info("said %s aloud", secret, what=[{"deep": (secret,)}], error=ValueError(secret))
    log.info("keyed", **{f"see {secret}": 1}, nested={secret: 1})
    logging.getLogger("x").info("said %s", secret)
    try:
        {"": ""}[secret]
    except KeyError:
        log.exception("failed")
    assert len(lines.getvalue().splitlines()) == 4
    kept = secret.rsplit(" ", 1)[-1].rsplit("@", 1)[0].rsplit("_", 1)[-1].rsplit(":", 1)[-1]
    assert kept not in lines.getvalue()


@pytest.mark.parametrize("text", HARMLESS)
def test_what_an_operator_needs_is_left_alone(text: str) -> None:
    assert masked_text(text) == text


def test_keys_that_sound_secret_are_masked_whatever_they_hold(lines: io.StringIO) -> None:
    structlog.get_logger("node").info(
        "call", token="t", token_id="k3v9", salt=b"s", contacts=["x"], client_secret=1, title="泵"
    )
    line = only_line(lines)
    assert line["token_id"] == "k3v9"
    masked = {key for key, value in line.items() if value == "[redacted]"}
    assert masked == {"token", "salt", "contacts", "client_secret", "title"}


def test_bytes_and_messages_are_named_not_shown(lines: io.StringIO) -> None:
    structlog.get_logger("node").info("entry", entry=b"abc", message=object(), file=Path("a/b"))
    line = only_line(lines)
    assert (line["entry"], line["message"], line["file"]) == ("<3 bytes>", "<object>", "a/b")


def test_long_text_is_cut(lines: io.StringIO) -> None:
    structlog.get_logger("node").info("long", what="甲" * 5000)
    assert only_line(lines)["what"].endswith("… (5000 characters)")


def test_console_lines_are_for_reading(lines: io.StringIO) -> None:
    configure("console", "info", lines)
    structlog.get_logger("node").info("peer refused", peer="anhui")
    assert "peer refused" in lines.getvalue()
    assert "peer=anhui" in lines.getvalue()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), VALUES))
def test_redaction_is_total_and_what_it_returns_is_json(event: dict[str, Any]) -> None:
    json.dumps(redact(None, "info", event))
