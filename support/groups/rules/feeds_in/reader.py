"""A feed's text to listings: which shape it has, and where it is broken."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from support.base.errors import Invalid
from support.groups.rules.feeds_in import bmlt, meeting_guide
from support.groups.rules.feeds_in.listing import BadRow, Feed, Listing, Reading, Skipped, word

LARGEST = 20 * 1024 * 1024
MOST_ROWS = 50_000
RowReader = Callable[[Mapping[str, Any], Reading], Iterator[Listing]]


def read_feed(
    text: bytes, *, source: str, timezone: str = "", formats: list[Any] | None = None
) -> Feed:
    """Every row listed or skipped with its reason; Invalid names the line or row that is broken."""
    rows, found_formats = _rows(_json(text))
    names = bmlt.format_names(formats or found_formats)
    kind, read = _reader(rows)
    reading = Reading(source, timezone, names)
    listings: dict[tuple[str, str], Listing] = {}
    skipped: list[Skipped] = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise Invalid("Row %(row)s is no object.", row=number)
        try:
            for listing in read(row, reading):
                if listing.identity in listings:
                    raise BadRow(f"the id {listing.key!r} came before")
                listings[listing.identity] = listing
        except BadRow as reason:
            name = word(row, "meeting_name", 60) or word(row, "name", 60)
            skipped.append(Skipped(number, name, str(reason)))
    sources = frozenset(listing.source for listing in listings.values())
    return Feed(kind, tuple(listings.values()), tuple(skipped), sources)


def _json(text: bytes) -> Any:
    if len(text) > LARGEST:
        raise Invalid("The feed is larger than %(most)s MiB.", most=LARGEST >> 20)
    try:
        return json.loads(text.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise Invalid("Line %(line)s is not UTF-8.", line=line) from None
    except json.JSONDecodeError as error:
        sentence = "Line %(line)s, column %(column)s is not JSON."
        raise Invalid(sentence, line=error.lineno, column=error.colno) from None
    except (RecursionError, ValueError):
        raise Invalid("The feed is not JSON that can be read.") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _rows(document: Any) -> tuple[list[Any], list[Any]]:
    formats: Any = []
    if isinstance(document, dict):
        formats = document.get("formats") or []
        document = document.get("meetings")
    if not isinstance(document, list) or not isinstance(formats, list):
        raise Invalid("A feed is a list of meetings, or an object with one under “meetings”.")
    if len(document) > MOST_ROWS:
        raise Invalid("The feed has more than %(most)s rows.", most=MOST_ROWS)
    return document, formats


def _reader(rows: list[Any]) -> tuple[str, RowReader]:
    first = next((row for row in rows if isinstance(row, dict)), {})
    if not rows:
        return "empty", _one(bmlt.semantic)
    if "id_bigint" in first or "meeting_name" in first:
        return "bmlt", _one(bmlt.semantic)
    if "startTime" in first and "formatIds" in first:
        return "bmlt-admin", _one(bmlt.admin)
    if "name" in first and ("slug" in first or "time" in first or "day" in first):
        return "meeting-guide", meeting_guide.slots
    sentence = "Row %(row)s has none of the fields of BMLT or Meeting Guide."
    raise Invalid(sentence, row=1)


def _one(read: Callable[[Mapping[str, Any], Reading], Listing]) -> RowReader:
    def rows(row: Mapping[str, Any], reading: Reading) -> Iterator[Listing]:
        yield read(row, reading)

    return rows
