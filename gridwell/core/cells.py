"""The cells of a board (一楼一图) written out: a building has hundreds, and each is drawn the same way.

As a part of the template, a cell costs a context and thirty tags; here a few strings.
"""

from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from gridwell.core.components import BoardLine, Cell, Mark


def line_of_cells(line: BoardLine) -> SafeString:
    """Return the cells of a line of the board, the first of each further group with its edge."""
    vacant = pgettext("board cell", "vacant")
    parts: list[str] = []
    for group, cells in enumerate(line.groups):
        for place, cell in enumerate(cells):
            parts.append('<td class="edge">' if group and not place else "<td>")
            parts.append(_cell(cell, vacant) if cell is not None else "")
            parts.append("</td>")
    return SafeString("".join(parts))


def _cell(cell: Cell, vacant: str) -> str:
    """Return one cell: a link, with its part beside the board, or on paper a span."""
    title = escape(str(cell.title))
    style = "cell"
    if cell.mark is not None:
        style += f" k-{escape(cell.mark.colour)}"
    if cell.state:
        style += f" is-{escape(cell.state)}"
    inside = (
        f'{escape(cell.name)}{_sign(cell.mark)}<span class="tally">{_tally(cell, vacant)}</span>'
        f'{_badges(cell)}<span class="vh"> {title}</span>'
    )
    if not cell.url:
        return f'<span class="{style}" title="{title}">{inside}</span>'
    if cell.is_selected:
        style += " is-selected"
    part = ""
    if cell.part_url:
        part = f' hx-get="{escape(cell.part_url)}" hx-target="#board-side"'
    return f'<a class="{style}" href="{escape(cell.url)}" title="{title}"{part}>{inside}</a>'


def _sign(mark: Mark | None) -> str:
    return f' <span class="sign">{escape(mark.sign)}</span>' if mark is not None else ""


def _tally(cell: Cell, vacant: str) -> str:
    if cell.done is not None:
        return f"{cell.done}/{cell.due}"
    if cell.note:
        return escape(str(cell.note))
    return escape(vacant) if cell.state == "vacant" else ""


def _badges(cell: Cell) -> str:
    if not cell.badges:
        return ""
    each = "".join(
        f'<span title="{says}">{escape(str(sign))}<span class="vh"> {says}</span></span>'
        for sign, says in ((sign, escape(str(words))) for sign, words in cell.badges)
    )
    return f'<span class="marks">{each}</span>'
