"""What is stored for speed can be recomputed: packages register how, `gridwell recompute` does it.

Tallies and resolved values are computed from facts; where one is stored, its function is here, and
a test proves that recomputing changes nothing after any series of acts.
"""

from collections.abc import Callable
from dataclasses import dataclass

#: (community or None for all, report(done, total)) -> how many stored values were wrong.
Recompute = Callable[[int | None, Callable[[int, int], None]], int]


@dataclass(frozen=True)
class Recomputable:
    """A stored value that can be computed anew. `name` is what people type, `help` a msgid."""

    name: str
    help: str
    function: Recompute


_registered: dict[str, Recomputable] = {}


def register_recompute(name: str, help: str, function: Recompute) -> None:
    """Add a recomputation, from `AppConfig.ready`."""
    _registered[name] = Recomputable(name, help, function)


def recomputables() -> dict[str, Recomputable]:
    """Return all registered recomputations by name."""
    return dict(sorted(_registered.items()))
