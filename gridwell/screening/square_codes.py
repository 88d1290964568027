"""Square codes (二维码) as SVG, for paper."""

import segno
from django.utils.safestring import SafeString, mark_safe


def svg_of(text: str) -> SafeString:
    """Return a square code as SVG without size, so that the style sheet decides it."""
    svg = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=2)
    return mark_safe(svg)  # noqa: S308  # drawn here from letters and figures
