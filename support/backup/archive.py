"""The file itself: a packed tar whose first member names every other one with its hash."""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

FORMAT = 1
MANIFEST = "handrail-backup.json"
DATABASE, ROWS = "database/handrail.db", "database/rows.jsonl"
FOLDER = "data/"
MOST_MANIFEST = 8 << 20
PIECE = 1 << 20
BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)


class BadArchive(Exception):
    """The file cannot be used; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the first member says."""

    made_at: str
    version: str
    revision: str
    has_key: bool
    hashes: Mapping[str, str]

    @property
    def has_rows(self) -> bool:
        """Whether the database came as rows, which any database takes."""
        return ROWS in self.hashes


def pack(target: Path, manifest: Mapping[str, Any], members: Mapping[str, Path]) -> None:
    """Write the whole file beside its place, for its owner alone, and then give it its name."""
    hashes = {name: fingerprint(path) for name, path in members.items()}
    head = json.dumps({"format": FORMAT, **manifest, "hashes": hashes}, indent=1).encode()
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
                tar.addfile(_member(MANIFEST, len(head)), io.BytesIO(head))
                for name, path in members.items():
                    with path.open("rb") as source:
                        tar.addfile(_member(name, path.stat().st_size), source)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Lay every member into `folder` after its hash was checked; raise BadArchive for any doubt."""
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            members = iter(tar)
            manifest = _manifest(tar, next(members, None))
            found = {name for name in _lay_out(tar, members, manifest, folder)}
            _read_out(tar)
    except BadArchive:
        raise
    except FileNotFoundError as error:
        raise BadArchive(f"there is no file {source}") from error
    except BROKEN as error:
        raise BadArchive(f"{source} is no backup of Handrail, or it is damaged") from error
    if missing := sorted(set(manifest.hashes) - found):
        raise BadArchive(f"{source} is not whole: {missing[0]} is missing")
    return manifest


def is_backup(path: Path) -> bool:
    """Whether a file is one of ours, by its first member."""
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            _manifest(tar, next(iter(tar), None))
    except (BadArchive, *BROKEN):
        return False
    return True


def fingerprint(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _manifest(tar: tarfile.TarFile, member: tarfile.TarInfo | None) -> Manifest:
    file = tar.extractfile(member) if member is not None and member.name == MANIFEST else None
    if file is None:
        raise BadArchive("this is no backup of Handrail")
    found = json.loads(file.read(MOST_MANIFEST))
    if not isinstance(found, dict):
        raise ValueError("the list of contents is no object")
    if found.get("format") != FORMAT:
        raise BadArchive("this backup was made by another version: its format is not known here")
    try:
        return Manifest(
            found["made_at"],
            found["version"],
            found["revision"],
            bool(found["has_key"]),
            dict(found["hashes"]),
        )
    except (KeyError, TypeError) as error:
        raise BadArchive("this backup is damaged: its list of contents is not whole") from error


def _read_out(tar: tarfile.TarFile) -> None:
    """To the last byte, where the sum of the whole file is checked: one cut short has no end."""
    whole = tar.fileobj
    while whole is not None and whole.read(PIECE):
        pass


def _lay_out(
    tar: tarfile.TarFile, members: Iterator[tarfile.TarInfo], manifest: Manifest, folder: Path
) -> Iterator[str]:
    for member in members:
        path = PurePosixPath(member.name)
        is_odd = path.is_absolute() or ".." in path.parts or not member.isfile()
        source = None if is_odd else tar.extractfile(member)
        if source is None or member.name not in manifest.hashes:
            raise BadArchive(f"this backup holds something that it does not name: {member.name}")
        place = folder / member.name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while piece := source.read(PIECE):
                file.write(piece)
        if fingerprint(place) != manifest.hashes[member.name]:
            raise BadArchive(f"this backup is damaged: {member.name} is not what was put in")
        yield member.name
