"""Shared by the scripts in this folder: where samples go, how a deterministic archive is written."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent


def put(name: str, content: bytes | str) -> Path:
    """Write one sample below `sample_bundles/`, bytes as they are and text as UTF-8 with LF, and say so."""
    path = SAMPLES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(data)
    print(f"{len(data):>9}  {name}")
    return path


def pretty(value: object) -> str:
    """Return JSON as serde_json's pretty printer writes it: two spaces, no escapes for non-ASCII, no last newline."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def tar_gz(members: dict[str, bytes]) -> bytes:
    """Pack members in the given order into a tar.gz with all times, owners and the gzip time at zero."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(data))
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0, compresslevel=9) as stream:
        stream.write(raw.getvalue())
    return packed.getvalue()
