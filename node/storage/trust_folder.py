"""The trust folder: the pinned root, and the files that a node starts from before it meets a peer.

    root.json  timestamp.json  snapshot.json  targets.json  registry.json

Only root.json is trusted; it never changes. The others prove themselves against it: without a
registry no peer's certificate would be known. Newer files live in the database.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused, YdxError
from federation.trust.tuf_file import REGISTRY, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from federation.trust.tuf_state import TrustState, trust_file
from node.storage.state_file import new_folder, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from federation.trust.tuf_file import TrustFile

_NO_ROOT: Final = (
    "向联盟发起人索取整个 trust 目录；节点用 ydx federation install 固定，离线验证用 --root 指明",
    (
        "Get the whole trust folder from the founder; a node pins it with ydx federation install, "
        "an offline check names it with --root"
    ),
)
STARTING_ROLES: Final = (TIMESTAMP, SNAPSHOT, TARGETS, REGISTRY)


def read_trust(
    root_file: Path, stored: Iterable[TrustFile] = (), *, accepted: bool = True
) -> TrustState:
    """Return what follows from the pinned root, the files beside it and those of the database.

    `accepted` as in TrustState: False where no round of this node has taken them in.

    Raises BAD_CONFIG where the root file is missing; refuses (TRUST_FILE_REFUSED) one that is none.
    """
    try:
        pinned_root = root_file.read_bytes()
    except FileNotFoundError as error:
        raise YdxError(
            "BAD_CONFIG", f"{root_file} is missing", cure=_NO_ROOT, file=str(root_file)
        ) from error
    return TrustState(pinned_root, (*files_beside(root_file), *stored), accepted=accepted)


def write_trust(folder: Path, state: TrustState) -> None:
    """Write a new trust folder with the pinned root of the state; BAD_CONFIG if it is not free."""
    pinned_root = state.roots[min(state.roots)][1]
    with new_folder(folder) as new:
        for file in (pinned_root, *(one for one in state.files() if one.role != ROOT)):
            replace_file(new / f"{file.role}.json", file.content)


def files_beside(root_file: Path) -> Iterator[TrustFile]:
    """Yield the other files of the folder of a root file, as far as they are there and sound."""
    for role in STARTING_ROLES:
        with suppress(FileNotFoundError, Refused):  # what proves nothing is fetched from a peer
            yield trust_file(role, root_file.with_name(f"{role}.json").read_bytes())
