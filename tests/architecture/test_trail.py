"""Every act that the audit trail may hold has a name, in both languages."""

import ast

from gridwell.audit.labels import known_acts
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


def test_acts_made_of_a_code_have_names() -> None:
    made = {f"orders.zone_{act.value}" for act in Act}
    made |= {
        f"health.{kind}_{end}" for kind in ("isolation", "monitoring") for end in ("begun", "ended")
    }
    assert made <= set(known_acts())


def test_an_unnamed_code_would_be_seen() -> None:
    assert "orders.nothing" not in known_acts()
    assert say(RuleBroken("orders.nothing")) == "orders.nothing"
