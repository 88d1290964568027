"""Every act that the audit trail may hold has a name, in both languages."""

import ast

from django.urls import get_resolver

from gridwell.accounts import listing
from gridwell.audit.labels import known_acts, known_facts, value_words
from gridwell.core.errors import RuleBroken
from gridwell.core.wording import say
from gridwell.orders.rules.lifecycle import Act
from tests.architecture.source import calls, dotted, sources


def _recorded() -> dict[str, str]:
    """Return every act that is recorded under a code that stands in the code: act -> where."""
    found: dict[str, str] = {}
    for source in sources():
        for call in calls(source.tree):
            if dotted(call.func).rpartition(".")[2] != "record" or not call.args:
                continue
            for part in ast.walk(call.args[0]):
                if isinstance(part, ast.Constant) and "." in str(part.value):
                    found[str(part.value)] = f"{source.name}:{call.lineno}"
    return {act: where for act, where in found.items() if not act.endswith(("_", "."))}


def test_every_act_has_a_name() -> None:
    acts = _recorded()
    assert len(acts) > 60
    missing = {act: where for act, where in acts.items() if act not in known_acts()}
    assert not missing, "\n".join(f"{where}: {act}" for act, where in sorted(missing.items()))


#: What every entry has anyway, and what wrappers around `record` take besides.
_NO_FACTS = {"actor", "at", "community", "now", "reason", "subject"}


def _facts() -> dict[str, str]:
    """Return the key of every fact that is recorded: key -> where. Wrappers are called _record."""
    found: dict[str, str] = {}
    for source in sources():
        for call in calls(source.tree):
            if dotted(call.func).rpartition(".")[2] not in {"record", "_record"} or not call.args:
                continue
            for given in call.keywords:
                if given.arg and given.arg not in _NO_FACTS:
                    found[given.arg] = f"{source.name}:{call.lineno}"
    return found


def test_every_fact_has_a_name() -> None:
    facts = _facts()
    assert len(facts) > 80
    missing = {key: where for key, where in facts.items() if key not in known_facts()}
    assert not missing, "register_facts: " + "\n".join(
        f"{where}: {key}" for key, where in sorted(missing.items())
    )


def test_every_list_that_goes_out_has_a_name() -> None:
    assert get_resolver().reverse_dict  # imports all views
    assert len(listing.codes) > 30
    assert [code for code in listing.codes if value_words("list", code) == code] == []


def test_a_value_is_said_and_a_digest_is_not_shown() -> None:
    assert value_words("source", "import:12") == "台账导入 12"
    assert value_words("source", "import:0a1b") == "台账导入"
    assert value_words("residents", "0" * 32) == "已留校验码"
    assert value_words("mode", "no such mode") == "no such mode"


def test_acts_made_of_a_code_have_names() -> None:
    made = {f"orders.zone_{act.value}" for act in Act}
    made |= {
        f"health.{kind}_{end}" for kind in ("isolation", "monitoring") for end in ("begun", "ended")
    }
    assert made <= set(known_acts())


def test_an_unnamed_code_would_be_seen() -> None:
    assert "orders.nothing" not in known_acts()
    assert say(RuleBroken("orders.nothing")) == "orders.nothing"
