"""Rules of labels said in words, for the legend and the page that edits them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gridwell.residents import labels


def rule_words(rule: Any) -> str:
    """Return a rule as a person would say it; empty for a label given by hand only."""
    if not isinstance(rule, Mapping) or not rule:
        return ""
    name, value = next((k, v) for k, v in rule.items() if k != "value")
    if name == "any":
        return _(" or ").join(rule_words(part) for part in value)
    if name == "all":
        return _(" and ").join(rule_words(part) for part in value)
    if name == "not":
        return _("not: %(what)s") % {"what": rule_words(value)}
    if name in {"member", "household"}:
        return rule_words(value)
    if name == "every_member":
        return _("everybody: %(what)s") % {"what": rule_words(value)}
    return _plain(name, value, rule)


def _plain(name: str, value: Any, rule: Mapping[str, Any]) -> str:
    if name == "trait":
        words = str(labels.TRAITS.get(value, value))
        if "value" in rule:
            words += f"（{labels.TRAIT_VALUES.get(rule['value'], rule['value'])}）"
        return words
    if name == "age":
        return _band(value, _("%(low)s or older"), _("up to %(high)s"), _("%(low)s to %(high)s"))
    if name == "size":
        if value == {"to": 1}:
            return _("the only one in the household")
        return _band(
            value,
            _("household of %(low)s or more"),
            _("household of up to %(high)s"),
            _("household of %(low)s to %(high)s"),
        )
    if name == "tenure":
        return _(" or ").join(str(labels.TENURE.get(code, code)) for code in value)
    if name == "sex":
        return str(labels.SEX.get(value, value))
    if name == "otherwise":
        return _("none of the others")
    if name == "score":
        return _("score %(low)s to %(high)s") % {
            "low": value.get("from", 0),
            "high": value.get("to", "…"),
        }
    return str(name)


def _band(band: Mapping[str, int], from_words: str, to_words: str, both: str) -> str:
    facts = {"low": band.get("from", ""), "high": band.get("to", "")}
    if "from" in band and "to" in band:
        return both % facts
    return (from_words if "from" in band else to_words) % facts
