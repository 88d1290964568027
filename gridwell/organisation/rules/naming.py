"""A named person (指名): a post, an account, or a name with a telephone; and what one is refused for. Pure."""

from dataclasses import dataclass

from gridwell.core.errors import RuleBroken


@dataclass(frozen=True)
class Named:
    """Who answers: at most one of a post and an account, or a name that stands for itself."""

    post: int | None = None
    user: int | None = None
    name: str = ""
    telephone: str = ""
    unit: str = ""
    remark: str = ""

    @property
    def is_nobody(self) -> bool:
        """Return whether nobody is named; a telephone alone names nobody."""
        return self.post is None and self.user is None and not self.name

    def check(self) -> None:
        """Raise RuleBroken when this is nobody, or two at once."""
        if self.is_nobody:
            raise RuleBroken("organisation.nobody_named")
        if (self.post is not None) + (self.user is not None) + bool(self.name) > 1:
            raise RuleBroken("organisation.named_twice")
