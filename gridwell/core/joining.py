"""The sign between the items of a list, in the language of the moment: 张三、李四 or Zhang, Li.

Names and words that a page, a message or a file of a page puts side by side go through here. What
is kept or written for a Chinese form (a ledger's cell, a place's name, a remark) is data in that
form and joins its items itself.
"""

from collections.abc import Iterable

from django.utils.translation import pgettext


def separator() -> str:
    """Return what stands between two items of a list."""
    return pgettext("between items of a list", ", ")


def joined(items: Iterable[object]) -> str:
    """Return items as one text; items that say nothing are left out."""
    return separator().join(text for item in items if (text := str(item)))
