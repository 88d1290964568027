"""How what two desks said of one tube, or of one person, may be settled (采样台冲突处理). Pure."""

from enum import StrEnum


class Choice(StrEnum):
    """What somebody decided who has looked at the tube or asked the person."""

    OTHER_TUBE = "other_tube"  # its number was read wrong: these people are in another tube
    SAME_TUBE = "same_tube"  # one tube, both desks put people into it
    AGAIN = "again"  # what stood in the way is gone: take it as it is
    ALL_THE_SAME = "all_the_same"  # the person is in this tube although it was full or closed
    STANDS = "stands"  # what stands is right, this entry was a mistake
    HERE = "here"  # the sample is in this tube, not in the other
    BOTH = "both"  # gave a sample twice: in both tubes
    WHO = "who"  # it was somebody else
    VOID = "void"  # no sample was given, or it is lost: due again


_TWICE = frozenset({"screening.in_other_tube", "screening.sampled_already"})
_ROOM = frozenset({"screening.tube_full", "screening.tube_closed", "screening.other_household"})


def choices(act: str, code: str) -> tuple[Choice, ...]:
    """Return how a refused entry may be settled, the likeliest first."""
    if code == "screening.tube_used":
        return (Choice.SAME_TUBE, Choice.OTHER_TUBE, Choice.VOID)
    if act == "add" and code in _TWICE:
        return (Choice.STANDS, Choice.HERE, Choice.BOTH, Choice.WHO, Choice.VOID)
    if act == "add" and code == "screening.already_in_tube":
        return (Choice.STANDS, Choice.WHO)
    if act == "add" and code in _ROOM:
        return (Choice.ALL_THE_SAME, Choice.WHO, Choice.VOID)
    if act == "add" and code == "screening.nobody_meant":
        return (Choice.WHO, Choice.AGAIN, Choice.VOID)
    return (Choice.AGAIN, Choice.STANDS)
