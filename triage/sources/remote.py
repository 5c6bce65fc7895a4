"""Files at addresses (`s3://`, `gs://`, `memory://` ...), by fsspec: opened only where a person asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

from triage.errors import SourceError, TriageError
from triage.sources.names import printable
from triage.sources.source import Source

if TYPE_CHECKING:
    from triage.sources.context import Context

__all__ = ("Remote", "opened")


def opened(address: str) -> BinaryIO:
    """An open file at an address.

    Raises
    ------
    TriageError
        The extra `remote` is not installed, or not the package for addresses of this kind.
    SourceError
        Nothing can be opened there.
    """
    try:
        import fsspec
        from fsspec.registry import known_implementations
    except ImportError:
        raise TriageError("addresses need fsspec: pip install 'crash-triage[remote]'") from None
    try:
        return cast("BinaryIO", fsspec.open(address, "rb").open())
    except ImportError:
        scheme = address.partition("://")[0]
        told = known_implementations.get(scheme, {}).get("err", "the package for them is not installed")
        raise TriageError(f"{scheme}:// addresses need another package: {told}") from None
    except (OSError, ValueError) as error:
        # what it says may hold an address with a key in it
        raise SourceError(f"{_named(address)} cannot be opened ({type(error).__name__}); check the address") from None


def _named(address: str) -> str:
    """An address without user, key and query."""
    kind, _, rest = address.partition("://")
    return f"{kind}://{rest.partition('?')[0].rpartition('@')[2]}"


class Remote:
    """A file at an address, read from the front; by partitions where a client is there."""

    __slots__ = ("_address", "name")

    def __init__(self, address: str) -> None:
        self._address = address
        self.name = printable(_named(address).partition("://")[2])

    def source(self, context: Context) -> Source:
        """The file as a source."""
        file = opened(self._address)
        size = file.seek(0, 2)
        file.seek(0)
        source = Source(context, self.name, file, size=size)
        source.address = self._address
        return source
