"""Opens a file by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.errors import Refused
from node.importing.spreadsheets import open_xlsx
from node.importing.text_files import open_csv, open_json_lines, open_json_list

if TYPE_CHECKING:
    from pathlib import Path

    from node.importing.mapping import ReadOptions
    from node.importing.rows import Table


def open_table(path: Path, options: ReadOptions) -> Table:
    """Open a CSV, XLSX, JSON-lines or JSON file. Raises Refused (BAD_FILE)."""
    if path.is_dir():
        raise Refused("BAD_FILE", f"{path} is a folder; give a file in it", file=str(path))
    kind = options.format or path.suffix.lstrip(".").lower()
    try:
        match kind:
            case "csv":
                return open_csv(path, options.encoding)
            case "xlsx":
                return open_xlsx(path, options.sheet)
            case "jsonl" | "ndjson":
                return open_json_lines(path, options.encoding)
            case "json":
                return open_json_list(path, options.encoding, options.list)
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}"
        raise Refused("BAD_FILE", what, file=str(path)) from error
    what = f"{path.name}: files of kind {kind!r} are not read; give .csv, .xlsx, .jsonl or .json"
    raise Refused("BAD_FILE", what, file=path.name, kind=kind)
