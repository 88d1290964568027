"""Who decides in an area besides what rights say (决定权): a level above may have taken over.

Packages that hold acts of deciding ask here after the right itself; the package that knows of
take-overs registers its guard at start-up.
"""

from collections.abc import Callable

from gridwell.accounts.rules.actor import Actor, Right

#: What packages above add to the right to decide; each raises when somebody else decides there.
_guards: list[Callable[[Actor, int], None]] = []


def register_guard(function: Callable[[Actor, int], None]) -> None:
    """Have `function(actor, area)` asked before every decision; at start-up."""
    if function not in _guards:
        _guards.append(function)


def ask_guards(actor: Actor, right: Right, area: int) -> None:
    """Raise when an act under this right is somebody else's to decide: says who decides there."""
    if right is Right.APPROVE_ORDERS:
        for guard in _guards:
            guard(actor, area)
