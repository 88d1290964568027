"""What a line looks like: a place, a list of places, the name of an area."""

import re

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.districts import SUBDISTRICT, Districts


def place_like(text: str, districts: Districts, *, strict: bool, open_list: bool = False) -> bool:
    """Return whether a line can be a place or a list of places.

    A short name that has none of the endings of places (首府观邸) passes only inside an open list.
    """
    plain = re.sub(r"\([^()]*\)", "", text)
    plain = words.REST.sub("", plain)
    if words.JUNK.search(plain) and not words.ADDRESS.search(plain):
        return False
    if words.NOT_PLACES.search(plain) or words.CASE_TALK.search(plain):
        return False
    if not re.search(r"[一-鿿0-9A-Za-z]{2}", plain) or re.search(r"[A-Za-z]{5,}", plain):
        return False
    if words.ADDRESS.search(plain) or words.SUFFIX_END.search(plain.rstrip("。;,、")):
        return True
    if (
        districts.take(plain)[0]
        or (SUBDISTRICT.match(plain) and len(plain) <= 40)
        or is_list(plain)
        or len(words.BOUNDARY.findall(plain)) >= 2
    ):
        return True
    return not strict and 2 <= len(plain) <= 24 and open_list


def is_list(text: str) -> bool:
    """Return whether a line is several places divided by commas."""
    parts = [p for p in re.split(r"[,;]", re.sub(r"\([^()]*\)", "", text).rstrip("。;,")) if p]
    return (
        len(parts) >= 2
        and all(2 <= len(p) <= 60 for p in parts)
        and not words.NOT_PLACES.search(text)
    )


def rest_name(text: str) -> str:
    """Return the bare name of an area whose rest is low (临湖镇全域( -> 临湖镇)."""
    text = re.sub(r"^[:,、\s]+|[:,、(除]+$", "", text)
    text = re.sub(r"(?:全域|全境|辖区内?|所辖区域|范围内|内|其他|的)+$", "", text)
    return text.strip(":,、()")
