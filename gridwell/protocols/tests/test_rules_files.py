"""Protocol files: those that ship are right, and every mistake is refused with its line."""

import itertools
import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridwell.core.errors import RuleBroken
from gridwell.protocols.rules.files import ProtocolRefused, check, parse
from gridwell.protocols.rules.lines import index_lines, line_of
from gridwell.protocols.rules.model import StayKind, Unit, Wider
from gridwell.protocols.rules.resolve import resolve
from gridwell.protocols.rules.shipped import shipped, shipped_texts
from gridwell.protocols.rules.stays import all_stages, stay_days

TAIYUAN = 140106004009
DALIAN = 210202001001

SOUND = shipped_texts()["covid19-p20-t4.toml"]


def test_the_shipped_files_are_sound_and_cover_the_time_without_a_gap() -> None:
    national = sorted((f for f in shipped() if not f.is_overlay), key=lambda f: f.in_force_from)
    assert [f.version for f in national] == ["P9", "P20", "P20-T4", "N10", "BB"]
    for earlier, later in itertools.pairwise(national):
        assert earlier.in_force_until == later.in_force_from
    assert national[-1].in_force_until is None


def test_every_shipped_clause_is_told_in_both_languages_and_used_or_quoted() -> None:
    for file in shipped():
        for clause in file.clauses.values():
            assert clause.zh
            assert clause.en
            assert clause.document in file.documents


LEVELS = [
    # day, levels, unit, wider, clean days, closing day
    (date(2022, 7, 1), {"high", "mid", "low"}, Unit.COMPOUND, Wider.BY_ASSESSMENT, 7, 7),
    (date(2022, 11, 12), {"high", "low"}, Unit.BUILDING, Wider.IF_SPREAD_UNCLEAR, 5, None),
    (date(2022, 11, 23), {"high", "low"}, Unit.BUILDING, Wider.IF_SPREAD_UNCLEAR, 5, 5),
    (date(2022, 12, 7), {"high", "low"}, Unit.BUILDING, Wider.NEVER, 5, None),
]


@pytest.mark.parametrize(("day", "levels", "unit", "wider", "clean", "closing"), LEVELS)
def test_zone_rules_of_a_day(
    day: date, levels: set[str], unit: Unit, wider: Wider, clean: int, closing: int | None
) -> None:
    protocol = resolve(shipped(), None, day)
    assert protocol is not None
    assert set(protocol.levels) == levels
    high = protocol.levels["high"]
    assert (high.unit, high.wider) == (unit, wider)
    assert high.lift is not None
    assert (high.lift.clean_days, high.lift.closing_day) == (clean, closing)


def test_class_b_management_has_no_zones_and_no_isolation() -> None:
    protocol = resolve(shipped(), TAIYUAN, date(2023, 1, 8))
    assert protocol is not None
    assert protocol.version == "BB"
    assert protocol.levels == {}
    assert not any(rule.is_determined for rule in protocol.classes.values())


EXITS = [
    # day, area, negatives, hours, on days, ref
    (date(2022, 11, 17), TAIYUAN, 1, 48, 1, "P20"),
    (date(2022, 11, 18), TAIYUAN, 1, 48, 1, "P20+TY-2022-11-18"),
    (date(2022, 11, 19), TAIYUAN, 1, 48, 1, "P20-T4+TY-2022-11-18"),
    (date(2022, 11, 20), TAIYUAN, 3, 72, 3, "P20-T4+TY-2022-11-20"),
    (date(2022, 11, 23), DALIAN, 1, 48, 1, "P20-T4"),
]


@pytest.mark.parametrize(("day", "area", "negatives", "hours", "days", "ref"), EXITS)
def test_the_local_rule_to_leave_the_city_changed_inside_one_week(
    day: date, area: int, negatives: int, hours: int, days: int, ref: str
) -> None:
    protocol = resolve(shipped(), area, day)
    assert protocol is not None
    exit_rule = protocol.levels["low"].exit
    assert exit_rule is not None
    assert (exit_rule.negatives, exit_rule.within_hours, exit_rule.on_days) == (
        negatives,
        hours,
        days,
    )
    assert protocol.ref == ref


def test_an_overlay_adds_rounds_and_leaves_the_national_lifting_rule() -> None:
    local = resolve(shipped(), TAIYUAN, date(2022, 11, 23))
    national = resolve(shipped(), None, date(2022, 11, 23))
    assert local is not None
    assert national is not None
    assert local.levels["high"].rounds is not None
    assert local.levels["high"].rounds.days == (1, 2, 3)
    assert national.levels["high"].rounds is None
    assert local.levels["high"].lift == national.levels["high"].lift
    assert local.levels["high"].rounds.clause in local.overlay_clauses
    assert local.in_force_until == date(2022, 12, 7)


def test_nothing_in_force_is_none() -> None:
    assert resolve(shipped(), TAIYUAN, date(2022, 1, 1)) is None
    assert resolve(shipped(), TAIYUAN, date(2022, 11, 23), family="flood") is None


def test_every_clause_that_a_resolved_rule_names_exists() -> None:
    for file in shipped():
        protocol = resolve(shipped(), TAIYUAN, file.in_force_from)
        assert protocol is not None
        named = {c.clause for c in protocol.classes.values()}
        for rule in protocol.levels.values():
            named |= {rule.measures_clause, rule.unit_clause} - {""}
            named |= {part.clause for part in (rule.lift, rule.rounds, rule.exit) if part}
        assert named <= set(protocol.clauses)


STAYS = [
    # day of the rule, class, kind, days, sample days after arrival
    (date(2022, 7, 1), "close_contact", StayKind.FACILITY, 7, (1, 2, 3, 5, 7)),
    (date(2022, 7, 1), "secondary_contact", StayKind.HOME, 7, (1, 4, 7)),
    (date(2022, 11, 23), "close_contact", StayKind.FACILITY, 5, (1, 2, 3, 5)),
    (date(2022, 11, 23), "zone_outflow", StayKind.HOME, 7, (1, 3, 5, 7)),
    (date(2022, 11, 23), "closed_loop_worker", StayKind.MONITORING, 5, (1, 3, 5)),
    (date(2022, 12, 8), "close_contact", StayKind.HOME, 5, (5,)),
]


@pytest.mark.parametrize(("day", "code", "kind", "days", "samples"), STAYS)
def test_days_of_isolation_count_from_the_day_after_arrival(
    day: date, code: str, kind: StayKind, days: int, samples: tuple[int, ...]
) -> None:
    protocol = resolve(shipped(), None, day)
    assert protocol is not None
    stay = stay_days(protocol, code, kind, day)
    assert stay is not None
    assert (stay.last_on - day).days == days
    assert tuple((on - day).days for on in stay.sample_on) == samples
    assert stay.clause in protocol.clauses


def test_days_already_spent_elsewhere_count() -> None:
    protocol = resolve(shipped(), None, date(2022, 11, 23))
    assert protocol is not None
    full = stay_days(protocol, "zone_outflow", "home", date(2022, 11, 23))
    part = stay_days(protocol, "zone_outflow", "home", date(2022, 11, 23), already_spent=3)
    assert full is not None
    assert part is not None
    assert (full.last_on - part.last_on).days == 3
    assert all(on >= date(2022, 11, 23) for on in part.sample_on)


def test_no_stay_for_a_class_that_is_no_longer_determined() -> None:
    protocol = resolve(shipped(), None, date(2022, 11, 23))
    assert protocol is not None
    assert stay_days(protocol, "secondary_contact", "home", date(2022, 11, 23)) is None
    assert all_stages(protocol, "secondary_contact", date(2022, 11, 23)) == ()


def test_stages_follow_each_other_without_gap_or_overlap() -> None:
    protocol = resolve(shipped(), None, date(2022, 11, 23))
    assert protocol is not None
    facility, home = all_stages(protocol, "close_contact", date(2022, 11, 20))
    assert facility.last_on == date(2022, 11, 25)
    assert home.first_on == date(2022, 11, 26)
    assert home.last_on == date(2022, 11, 28)


def _broken(old: str, new: str) -> tuple[str, int]:
    """Return the sound file with one place changed, and the line of that place."""
    assert SOUND.count(old) >= 1, old
    head = SOUND.index(old)
    return SOUND[:head] + new + SOUND[head + len(old) :], SOUND[:head].count("\n") + 1


MISTAKES = [
    ('wider = "if_spread_unclear"', 'wider = "sometimes"', "not_one_of", "levels.high.wider"),
    ('clause = "T4-3"', 'clause = "T4-33"', "unknown_clause", "levels.high.lift.clause"),
    ("clean_days = 5", 'clean_days = "5"', "wrong_type", "levels.high.lift.clean_days"),
    ("clean_days = 5", "clean_days = 500", "out_of_range", "levels.high.lift.clean_days"),
    ("clean_days = 5", "clean_dais = 5", "unknown_key", "levels.high.lift.clean_dais"),
    ("within_hours = 48", "within_hours = true", "wrong_type", "levels.low.exit.within_hours"),
    ('to = "low"', 'to = "mid"', "unknown_level", "levels.high.lift.to"),
    (
        "in_force_until = 2022-12-07",
        "in_force_until = 2022-11-01",
        "until_before_from",
        "in_force_until",
    ),
    ('id = "T4-2"', 'id = "T4-1"', "duplicate_id", "clause[10].id"),
    (
        "sample_days = [1, 2, 3, 5]",
        "sample_days = [3, 1]",
        "not_rising",
        "classes.close_contact.stage[0].sample_days",
    ),
    (
        "sample_days = [1, 2, 3, 5]",
        "sample_days = [9]",
        "out_of_range",
        "classes.close_contact.stage[0].sample_days",
    ),
    ('version = "P20-T4"', 'version = "P20 T4"', "bad_word", "version"),
    (
        'family = "covid19"',
        'area = 140100000000\nfamily = "covid19"',
        "overlay_needs_area_and_over",
        "over",
    ),
    (
        'measures = ["stay_home", "door_service"]',
        'measures = ["stay_home", "weld_doors"]',
        "not_one_of",
        "levels.high.measures",
    ),
    ("[levels.high]", "[levels.hihg]", "not_one_of", "levels.hihg"),
    (
        "determined = false",
        'determined = false\nstage = [{kind = "home", days = 7, clause = "P20-levels"}]',
        "stages_of_no_class",
        "classes.secondary_contact.stage",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "key"), MISTAKES)
def test_a_mistake_is_refused_with_line_key_and_reason(
    old: str, new: str, code: str, key: str
) -> None:
    text, line = _broken(old, new)
    file, errors = check(text)
    assert file is None
    found = [e for e in errors if e.code == code and e.key == key]
    assert found, [(e.line, e.key, e.code) for e in errors]
    if code not in ("overlay_needs_area_and_over", "stages_of_no_class"):
        assert found[0].line == line


def test_a_slip_in_toml_itself_names_its_line() -> None:
    text, line = _broken("clean_days = 5", "clean_days = = 5")
    with pytest.raises(ProtocolRefused) as caught:
        parse(text)
    (error,) = caught.value.errors
    assert (error.code, error.line) == ("syntax", line)
    assert isinstance(caught.value, RuleBroken)


def test_a_missing_key_is_told_at_its_table() -> None:
    text, line = _broken("clean_days = 5\n", "")
    _, errors = check(text)
    assert [(e.code, e.key) for e in errors] == [("missing_key", "levels.high.lift.clean_days")]
    assert errors[0].line == text[: text.index("[levels.high.lift]")].count("\n") + 1 < line


def test_all_mistakes_are_told_at_once() -> None:
    text = SOUND.replace("clean_days = 5", "clean_days = 0").replace(
        "negatives = 1", "negatives = 0"
    )
    _, errors = check(text)
    assert {e.key for e in errors} == {"levels.high.lift.clean_days", "levels.low.exit.negatives"}


def test_a_missing_table_is_one_mistake_not_many() -> None:
    text = "\n".join(line for line in SOUND.splitlines() if not line.startswith("title"))
    _, errors = check(text)
    assert [(e.code, e.key) for e in errors] == [("missing_key", "title")]


@given(st.text(max_size=300))
@settings(deadline=None)
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    file, errors = check(text)
    assert (file is None) == bool(errors)
    assert all(e.line >= 1 for e in errors)


@given(st.data())
@settings(deadline=None)
def test_no_damage_to_a_sound_file_makes_the_reader_stumble(data: st.DataObject) -> None:
    lines = SOUND.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] = data.draw(
        st.sampled_from(["", "x = 1", "[levels]", "[[clause]]", "levels = 3", '"a" = {b = 1}'])
    )
    _, errors = check("\n".join(lines))
    assert all(1 <= e.line <= len(lines) + 1 for e in errors)


def test_lines_of_keys_through_multi_line_values() -> None:
    text = '''a = """
b = 1
"""
c = [
  1, # ] not the end
  2,
]
[t."x.y"]
z = {k = 1, l = [1, 2]}
[[r]]
q = 1
[[r]]
q = 2
[r.s]
u = '# no comment'
v = 3
'''
    tomllib.loads(text)
    lines = index_lines(text)
    assert ("b",) not in lines
    assert lines[("c",)] == 4
    assert lines[("t", "x.y", "z")] == 9
    assert lines[("t", "x.y", "z", "l")] == 9
    assert (lines[("r", 0, "q")], lines[("r", 1, "q")]) == (11, 13)
    assert lines[("r", 1, "s", "v")] == 16
    assert line_of(("r", 1, "s", "missing"), lines) == 14
