"""The two families of failure, told apart by whose fault it is.

- `Refused`: the other side sent something wrong. Evidence; never retried as it is.
- `Unreachable`: the other side could not be reached. Back off and try again.
"""

from __future__ import annotations


class YdxError(Exception):
    """A failure with a stable `reason`, a sentence for a person, and the values it speaks of.

    `reason` is a value of `ydx.exchange.v1.ErrorReason` without its prefix, for example
    "BAD_PROOF". `what` says what happened; everything variable in it also stands in `metadata`.
    `cure` says what to do, in Chinese and in English, where that of the reason does not fit.
    """

    def __init__(
        self, reason: str, what: str, *, cure: tuple[str, str] | None = None, **metadata: str
    ) -> None:
        """Make the failure; its text is `reason: what`."""
        super().__init__(f"{reason}: {what}")
        self.reason = reason
        self.what = what
        self.metadata = metadata
        self.cure = cure


class Refused(YdxError):  # noqa: N818 - DESIGN's word
    """The other side is wrong: bad bytes, bad proof, bad signature."""


class Unreachable(YdxError):  # noqa: N818 - DESIGN's word
    """The other side did not answer."""
