"""Histograms as plain SVG, made on the server: no script, no font, nothing from elsewhere."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 260, 48, 40, 44
BAR, INK, GRID, PAPER = "#2C5A5E", "#2A2D2B", "#C9C5BA", "#FAF8F2"


def histogram(title: str, under: str, bars: Sequence[tuple[str, int]]) -> str:
    """One picture: a bar for each pair of a label and a count, each count written above its bar."""
    most = max((number for _, number in bars), default=0) or 1
    room = (WIDTH - LEFT - 12) / max(1, len(bars))
    tall = HEIGHT - TOP - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{escape(title)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        _text(LEFT, 22, title, size=15, anchor="start"),
        f'<path d="M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - 12}" stroke="{GRID}"/>',
    ]
    for place, (label, number) in enumerate(bars):
        high = tall * number / most
        left, up = LEFT + place * room, HEIGHT - BOTTOM - high
        middle = left + room / 2
        parts.append(
            f'<rect x="{left + 3:.1f}" y="{up:.1f}" width="{room - 6:.1f}" height="{high:.1f}"'
            f' fill="{BAR}"/>'
        )
        parts.append(_text(middle, up - 4, str(number)))
        parts.append(_text(middle, HEIGHT - BOTTOM + 15, label))
    parts.append(_text(WIDTH / 2, HEIGHT - 8, under))
    return "\n".join([*parts, "</svg>\n"])


def _text(x: float, y: float, words: str, *, size: int = 11, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="sans-serif" font-size="{size}" fill="{INK}"'
        f' text-anchor="{anchor}">{escape(words)}</text>'
    )
