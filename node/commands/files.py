"""Files that commands write where a person says."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_bytes(file: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that appears when it is complete; refuses BAD_FILE where it cannot."""
    from federation.log.errors import Refused

    beside = file.with_name(f"{file.name}.part")
    try:
        with beside.open("wb") as out:
            out.writelines(pieces)
        beside.replace(file)
    except OSError as error:
        what = f"{file} cannot be written: {error.strerror}"
        raise Refused("BAD_FILE", what, file=str(file)) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
