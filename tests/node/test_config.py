"""Settings: the later source wins and is named; every fault is told with its cure."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import pytest

from federation.log.errors import Refused
from node.commands.translating import in_chinese
from node.config.example import render
from node.config.loading import Loaded, load, masked, values
from node.config.settings import Listen, is_loopback, sections, split_address
from node.config.tls_files import check_tls_files

WHO = '[node]\nmember = "anhui"\nfederation = "ydx.example"\n'


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("YDX_"):
            monkeypatch.delenv(name)


def loaded(folder: Path, text: str) -> Loaded:
    file = folder / "ydx.toml"
    file.write_text(text)
    return load(file)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(Refused) as caught:
        loaded(folder, text)
    assert caught.value.reason == "BAD_CONFIG"
    return caught.value.what


def test_defaults_then_file_then_environment_and_each_value_names_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YDX_LISTEN__EXCHANGE", "127.0.0.1:9002")
    monkeypatch.setenv("YDX_SYNC__ADDRESSES", '{"jiangsu": "10.0.0.2:7400"}')
    text = WHO + '[listen]\nexchange = "127.0.0.1:9001"\nweb = "127.0.0.1:9003"\n'
    result = loaded(tmp_path, text)
    assert result.settings.listen.exchange == "127.0.0.1:9002"
    assert result.settings.listen.web == "127.0.0.1:9003"
    assert result.settings.listen.telemetry == "127.0.0.1:7403"
    assert result.settings.sync.addresses == {"jiangsu": "10.0.0.2:7400"}
    assert result.sources["listen.exchange"] == "environment YDX_LISTEN__EXCHANGE"
    assert result.sources["listen.web"] == f"{tmp_path / 'ydx.toml'}:6"
    assert result.sources["listen.telemetry"] == "default"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('node.member = "anhui"\nnode.federation = "x.org"\nlisten.web = "127.0.0.1:1"\n', 3),
        (WHO + "[listen]\n# web\n'web' = \"127.0.0.1:1\"\n", 6),
        (WHO + '["listen"] # here\nweb = "127.0.0.1:1"\n', 5),
        ('listen = { web = "127.0.0.1:1" }\n' + WHO, 1),
    ],
    ids=["a dotted key", "a quoted key", "a quoted section", "a section on one line"],
)
def test_however_toml_is_written_each_value_names_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    result = loaded(tmp_path, text)
    assert result.settings.listen.web == "127.0.0.1:1"
    assert result.sources["listen.web"] == f"{tmp_path / 'ydx.toml'}:{line}"
    assert result.sources["node.member"].startswith(f"{tmp_path / 'ydx.toml'}:")
    assert result.sources["listen.telemetry"] == "default"


def test_the_environment_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YDX_NODE__MEMBER", "anhui")
    monkeypatch.setenv("YDX_NODE__FEDERATION", "ydx.example")
    assert load(None).settings.node.member == "anhui"


def test_a_nested_variable_adds_one_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YDX_SYNC__ADDRESSES__JIANGSU", "10.0.0.2:7400")
    result = loaded(tmp_path, WHO + '[sync.addresses]\nanhui = "10.0.0.3:7400"\n')
    assert result.settings.sync.addresses == {
        "anhui": "10.0.0.3:7400",
        "jiangsu": "10.0.0.2:7400",
    }


def test_relative_paths_count_from_the_node_folder_and_that_from_the_file(tmp_path: Path) -> None:
    text = WHO + 'folder = "state"\n[keys]\nfolder = "signing"\n[listen]\nweb_key = "/etc/k"\n'
    settings = loaded(tmp_path, text + 'web_certificate = "c.pem"\n').settings
    assert settings.node.folder == tmp_path / "state"
    assert settings.keys.folder == tmp_path / "state" / "signing"
    assert settings.keys.trust_root == tmp_path / "state" / "trust" / "root.json"
    assert settings.listen.web_key == Path("/etc/k")
    assert settings.listen.web_certificate == tmp_path / "state" / "c.pem"
    assert settings.database.url == f"sqlite:///{tmp_path / 'state' / 'ydx.sqlite'}"


TWICE: Final = {
    f"{WHO}[node]\n": "[node] is given a second time in line 4; join the two",
    f"{WHO}[ node . x ]\n[node.x]\n": "[node.x] is given a second time in line 5; join the two",
    f'{WHO}"member" = "geheim"\n': '"member" is given a second time in line 4; keep one',
    f'node.member = "x"\n{WHO}': "[node] is given a second time in line 2; join the two",
    f'{WHO}[web]\na.b = 1\na.b.c = "geheim"\n': "a.b.c is given a second time in line 6; keep one",
    f"{WHO}[web]\na = {{ x = 1, x = 2 }}\n": "x is given a second time in line 5; keep one",
    f"{WHO}[web]\na = 1\na = [\n2,\n]\n": "a key is given a second time in line 8; keep one",
}
"""What stands twice in a file, and how it is told."""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(
            WHO + '[listen]\nexchang = "x"\n',
            ["listen.exchang (", "ydx.toml:5)", "do you mean listen.exchange?"],
            id="an unknown key is refused with the nearest known one",
        ),
        pytest.param(
            WHO + '[databasee]\nurl = "x"\n',
            ["databasee (", "do you mean database?"],
            id="so is an unknown section",
        ),
        pytest.param(
            WHO + '[wholly_other]\nurl = "x"\n',
            ["wholly_other (", "there are node, listen, keys, database"],
            id="with none near, all sections are told",
        ),
        pytest.param(
            "", ["node.member is not set", "YDX_NODE__MEMBER"], id="who it is must be set"
        ),
        pytest.param(
            WHO + '[limits]\nunary_threads = "many"\nstream_threads = 0\n',
            ["limits.unary_threads (", "'many'", "limits.stream_threads (", "greater than 0"],
            id="all faults are told at once",
        ),
        pytest.param(
            WHO + '[listen]\nexchange = "0.0.0.0:7401"\n',
            ["listen (", "exchange is plaintext and not on loopback", "exchange_certificate"],
            id="a plaintext exchange listener off loopback",
        ),
        pytest.param(
            WHO + '[listen]\nweb = "[::]:7402"\n',
            ["web is plaintext and not on loopback"],
            id="a plaintext web listener off loopback",
        ),
        pytest.param(
            WHO + '[listen]\nweb_key = "k.pem"\n',
            ["web_certificate and web_key belong together"],
            id="a key without its certificate",
        ),
        pytest.param(
            WHO + '[listen]\nfederation = "7400"\n',
            ["listen.federation (", "host:port", "'7400'"],
            id="an address without a host",
        ),
        *(
            pytest.param(
                f'{WHO}[database]\nurl = "{url}"\n',
                ["database.url (", "postgresql://USER:PASSWORD@HOST/NAME"],
                id=f"{url or 'nothing'} is no database",
            )
            for url in ("", "ydx.sqlite", "sqlite://", "sqlite:///", "mysql://u@h/db")
        ),
        pytest.param("[node\n", ["is not TOML", "line 1"], id="a file that is not TOML"),
        *(
            pytest.param(text, ["ydx.toml is not TOML: " + what], id=what)
            for text, what in TWICE.items()
        ),
        pytest.param(
            '[node]\nmember = "An Hui"\nfederation = "ydx.example"\n',
            ["node.member (", "'An Hui'"],
            id="a member name with a space",
        ),
    ],
)
def test_refused(tmp_path: Path, text: str, parts: list[str]) -> None:
    what = refusal(tmp_path, text)
    assert [part for part in parts if part not in what] == []


@pytest.mark.parametrize("text", TWICE)
def test_what_stands_twice_is_told_by_its_name_and_line_alone(tmp_path: Path, text: str) -> None:
    what = refusal(tmp_path, text)
    assert "geheim" not in what
    assert "Cannot" not in what
    assert "('" not in what
    line = TWICE[text].partition("line ")[2].partition(";")[0]
    assert f"第 {line} 行" in (in_chinese(what) or "")


def test_an_unknown_variable_is_refused_with_the_nearest_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YDX_LISTEN__WEBB", "127.0.0.1:1")
    assert "YDX_LISTEN__WEBB sets no setting; do you mean listen.web?" in refusal(tmp_path, WHO)


def test_other_programs_variables_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YDX_SHARED", "../shared")
    monkeypatch.setenv("YDX_SEARCH", "no section")
    assert loaded(tmp_path, WHO).settings.node.member == "anhui"


def test_the_address_and_the_token_that_commands_use_are_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YDX_NODE", "127.0.0.1:7401")
    monkeypatch.setenv("YDX_TOKEN", "ydx_x")
    monkeypatch.setenv("YDX_NODE__MEMBER", "anhui")
    assert loaded(tmp_path, '[node]\nfederation = "ydx.example"\n').settings.node.member == "anhui"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read: No such file"):
        load(tmp_path / "none.toml")


def test_a_database_password_is_masked_everywhere(tmp_path: Path) -> None:
    url = "postgresql://ydx:hunter2@db/ydx"
    result = loaded(tmp_path, f'{WHO}[database]\nurl = "{url}"\n')
    assert result.settings.database.url == url
    assert masked(url) == "postgresql://ydx:***@db/ydx"
    assert masked("postgresql://ydx:hun@ter2@db/ydx") == "postgresql://ydx:***@db/ydx"
    assert (
        masked("postgresql:///ydx?password=h&host=db") == "postgresql:///ydx?password=***&host=db"
    )
    assert "hunter2" not in repr(result)
    assert "hunter2" not in refusal(tmp_path, f'{WHO}[limits]\nunary_threads = "{url}"\n')


def test_every_setting_is_described_and_traced(tmp_path: Path) -> None:
    result = loaded(tmp_path, WHO)
    keys = [f"{name}.{key}" for name, model in sections().items() for key in model.model_fields]
    assert [key for key, _ in values(result.settings)] == keys
    assert list(result.sources) == keys
    fields = [field for model in sections().values() for field in model.model_fields.values()]
    assert all(field.description for field in fields)


def test_the_example_says_the_defaults_and_reads_back(tmp_path: Path) -> None:
    text = render({"node.member": "anhui", "node.federation": "ydx.example"})
    plain = loaded(tmp_path, WHO)
    assert loaded(tmp_path, text).settings == plain.settings
    uncommented = loaded(tmp_path, re.sub(r"(?m)^# (\w+ = .+)$", r"\1", text))
    assert uncommented.settings == plain.settings
    without_default = {key for key, source in uncommented.sources.items() if source == "default"}
    assert without_default == {key for key, value in values(plain.settings) if value is None}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1:7401", True),
        ("127.8.8.8:0", True),
        ("localhost:1", True),
        ("[::1]:65535", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        ("node.example:1", False),
    ],
)
def test_loopback(address: str, *, expected: bool) -> None:
    assert is_loopback(address) is expected


@pytest.mark.parametrize("address", ["", "x", ":1", "x:", "x:65536", "x:-1", "::1:80", "x:١"])
def test_not_an_address(address: str) -> None:
    with pytest.raises(ValueError, match="write"):
        split_address(address)


def test_a_certificate_that_is_missing_is_named_before_anything_listens(tmp_path: Path) -> None:
    listen = Listen(
        exchange="127.0.0.1:0",
        exchange_certificate=tmp_path / "none.pem",
        exchange_key=tmp_path / "none.key",
    )
    with pytest.raises(Refused, match=r"BAD_CONFIG.*none\.pem"):
        check_tls_files(listen)
