"""ID numbers, phones and dates as people write them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.residents.rules import dates, identity, phones
from gridwell.residents.rules.dates import DateFault, YearHint
from gridwell.residents.rules.identity import DocumentKind, IdFault, Sex
from gridwell.residents.rules.phones import PhoneFault

HINT = YearHint(2022, date(2022, 11, 20))


def number_of(birth: date, sequence: int, region: str = "140100") -> str:
    seventeen = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return seventeen + identity.check_digit(seventeen)


births = st.dates(date(1900, 1, 1), date(2022, 11, 20))
sequences = st.integers(0, 999)


@given(births, sequences)
def test_a_good_number_gives_birth_and_sex(birth: date, sequence: int) -> None:
    reading = identity.read_document(number_of(birth, sequence))
    assert reading.fault is None
    assert reading.birth_on == birth
    assert reading.sex is (Sex.MALE if sequence % 2 else Sex.FEMALE)


@given(births, sequences, st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(birth: date, sequence: int, at: int, step: int) -> None:
    number = number_of(birth, sequence)
    wrong = number[:at] + str((int(number[at]) + step) % 10) + number[at + 1 :]
    assert identity.read_document(wrong).fault is not None


@given(births, sequences, st.integers(0, 15))
def test_swapped_neighbours_are_noticed(birth: date, sequence: int, at: int) -> None:
    number = number_of(birth, sequence)
    if number[at] != number[at + 1]:
        wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        assert identity.read_document(wrong).fault is not None


@given(births, sequences)
def test_every_spelling_is_normalised(birth: date, sequence: int) -> None:
    number = number_of(birth, sequence)
    spaced = f"  {number[:6]} {number[6:14]} {number[14:].lower()}\n"
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for spelling in (spaced, wide, f"'{number}", f"身份证号：{number}"):
        assert identity.read_document(spelling).number == number


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), sequences)
def test_fifteen_digits_become_eighteen(birth: date, sequence: int) -> None:
    old = f"140100{birth:%y%m%d}{sequence:03d}"
    assert identity.read_document(old).number == number_of(birth, sequence)
    assert identity.read_document(float(old)).number == number_of(birth, sequence)


@given(births, sequences)
def test_digits_lost_to_a_float_are_recognised(birth: date, sequence: int) -> None:
    number = number_of(birth, sequence)
    if number.endswith("X"):
        return
    reading = identity.read_document(float(number))
    assert reading.fault is IdFault.DIGITS_LOST
    # The first fifteen digits are right, unless 9999 was rounded up into the next day.
    assert reading.birth_on == birth or (reading.birth_on is None and sequence in (0, 999))
    assert reading.sex is Sex.UNKNOWN
    cut = number[:15] + "000"
    if identity.check_digit(cut[:17]) != "0":
        assert identity.read_document(cut).fault is IdFault.DIGITS_LOST


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("14010019921001813", IdFault.LENGTH),
        ("1401001992100181350", IdFault.LENGTH),
        ("14010019921301813X", IdFault.DATE),
        ("140100199202301234", IdFault.DATE),
        ("140100199210018136", IdFault.CHECK_DIGIT),
        ("1401001992100181AB", IdFault.CHARACTERS),
        ("1.40100199210018E+17", IdFault.DIGITS_LOST),
        ("张三", IdFault.CHARACTERS),
        (True, IdFault.CHARACTERS),
    ],
)
def test_faults_of_numbers(value: object, fault: IdFault) -> None:
    reading = identity.read_document(value)
    assert reading.fault is fault
    assert reading.number == ""


@pytest.mark.parametrize("value", ["", None, "无", "-", "／", "未办", "暂无", "  "])
def test_no_number_is_a_gap_and_no_fault(value: object) -> None:
    assert identity.read_document(value) == identity.Reading()


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        ("E12345678", DocumentKind.PASSPORT, "E12345678"),
        ("护照 EA1234567", DocumentKind.PASSPORT, "EA1234567"),
        ("h12345678", DocumentKind.HK_MACAO, "H12345678"),
        ("台胞证12345678", DocumentKind.TAIWAN, "12345678"),
        ("USA310099010112", DocumentKind.OTHER, "USA310099010112"),
    ],
)
def test_other_documents_in_the_id_column(value: str, kind: DocumentKind, number: str) -> None:
    reading = identity.read_document(value)
    assert (reading.kind, reading.number, reading.fault) == (kind, number, None)


@pytest.mark.parametrize(
    ("value", "sex"),
    [
        ("男", Sex.MALE),
        ("女性", Sex.FEMALE),
        ("F", Sex.FEMALE),
        (1.0, Sex.MALE),
        ("", Sex.UNKNOWN),
        ("甲", None),
    ],
)
def test_sex(value: object, sex: Sex | None) -> None:
    assert identity.read_sex(value) is sex


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ("14001394411", ("14001394411",)),
        (14001394411.0, ("14001394411",)),
        (14001394411, ("14001394411",)),
        ("+86 140 0139 4411", ("14001394411",)),
        ("0086-14001394411", ("14001394411",)),
        ("8614001394411", ("14001394411",)),
        ("014001394411", ("14001394411",)),
        ("１４００１３９４４１１", ("14001394411",)),
        ("140-0139-4411", ("14001394411",)),
        ("0351-6543210", ("03516543210",)),
        ("(0351)6543210", ("03516543210",)),
        ("010-62345678转123", ("01062345678",)),
        ("6543210", ("6543210",)),
        ("62345678", ("62345678",)),
        ("4001234567", ("4001234567",)),
        ("14001394411、0351-6543210", ("14001394411", "03516543210")),
        ("14001394411/14001394412", ("14001394411", "14001394412")),
        ("14001394411 14001394412", ("14001394411", "14001394412")),
        ("14001394411\n14001394411", ("14001394411",)),
        ("14001394411（女儿）", ("14001394411",)),
        ("儿子：14001394411", ("14001394411",)),
        ("无", ()),
        ("", ()),
        ("同上", ()),
        (None, ()),
    ],
)
def test_phones(value: object, numbers: tuple[str, ...]) -> None:
    assert phones.read_phones(value) == phones.Reading(numbers)


@pytest.mark.parametrize(
    ("value", "numbers", "fault"),
    [
        ("1380351", (), PhoneFault.SHORT),
        ("1400139441", (), PhoneFault.SHORT),
        ("140013944111", (), PhoneFault.LONG),
        ("12001394411", (), PhoneFault.FORM),
        ("123", (), PhoneFault.SHORT),
        ("1.40013944E+10", (), PhoneFault.DIGITS_LOST),
        ("14001394411、1380351", ("14001394411",), PhoneFault.SHORT),
        (1.5, (), PhoneFault.FORM),
    ],
)
def test_bad_phones(value: object, numbers: tuple[str, ...], fault: PhoneFault) -> None:
    reading = phones.read_phones(value)
    assert reading.numbers == numbers
    assert [why for _, why in reading.faults] == [fault]


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers()))
def test_nothing_breaks_the_readers(value: object) -> None:
    assert all(number.isdigit() for number in phones.read_phones(value).numbers)
    reading = identity.read_document(value)
    assert reading.fault is None or not reading.number
    dated = dates.read_date(value, HINT)
    assert dated.fault is None or dated.day is None


SPELLINGS = (
    "{0:%Y-%m-%d}",
    "{0:%Y/%m/%d}",
    "{0:%Y.%m.%d}",
    "{0:%Y%m%d}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}-{0.month}-{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}年{0.month:02d}月{0.day:02d}号",
    "{0.year} 年 {0.month} 月 {0.day} 日",
    "{0:%Y-%m-%d} 00:00:00",
)


@given(births, st.sampled_from(SPELLINGS))
def test_every_spelling_of_a_day(day: date, spelling: str) -> None:
    assert dates.read_date(spelling.format(day), HINT).day == day


@given(st.dates(date(1906, 1, 1), date(2100, 1, 1)))
def test_serial_numbers_of_spreadsheets(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for value in (serial, float(serial), str(serial)):
        assert dates.read_date(value).day == day


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - naive local
def test_times_of_day(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    for spelling in ("%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y年%m月%d日%H时%M分", "%Y%m%d%H%M"):
        reading = dates.read_date(moment.strftime(spelling))
        assert (reading.day, reading.at) == (moment.date(), moment)
    midnight = moment.replace(hour=0, minute=0)
    whole = (midnight.date() - date(1899, 12, 30)).days + (moment - midnight) / timedelta(days=1)
    if moment != midnight:
        assert dates.read_date(whole).at == moment


@given(st.dates(date(2022, 6, 1), date(2023, 5, 1)))
def test_a_day_without_its_year_is_the_one_nearest_to_the_title(day: date) -> None:
    for spelling in (
        f"{day.month}月{day.day}日",
        f"{day.month}.{day.day}",
        f"{day.month}/{day.day}",
    ):
        assert dates.read_date(spelling, HINT).day == day


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("1956.13.2", DateFault.NO_SUCH_DATE),
        ("2022-02-30", DateFault.NO_SUCH_DATE),
        ("13月2日", DateFault.NO_SUCH_DATE),
        ("2022/11/19 25:10", DateFault.NO_SUCH_DATE),
        ("3月", DateFault.INCOMPLETE),
        ("1966年11月", DateFault.INCOMPLETE),
        ("196611", DateFault.INCOMPLETE),
        (1966, DateFault.INCOMPLETE),
        (11.3, DateFault.AMBIGUOUS),
        ("昨天", DateFault.FORM),
        (-5, DateFault.FORM),
        (float("nan"), DateFault.FORM),
    ],
)
def test_bad_dates(value: object, fault: DateFault) -> None:
    assert dates.read_date(value, HINT) == dates.Reading(fault=fault)


def test_without_any_hint_a_day_without_year_is_a_fault() -> None:
    assert dates.read_date("11月25日").fault is DateFault.NO_YEAR


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("66.11.19", date(1966, 11, 19)),
        ("661119", date(1966, 11, 19)),
        ("21年3月5日", date(2021, 3, 5)),
        ("至11月25日止", date(2022, 11, 25)),
        (11.25, date(2022, 11, 25)),
        ("2022-11-19 星期六", date(2022, 11, 19)),
        ("2022年11月19日上午采样", date(2022, 11, 19)),
        ("无", None),
        ("", None),
    ],
)
def test_other_spellings(value: object, day: date | None) -> None:
    assert dates.read_date(value, HINT, past=True) == dates.Reading(day)


def test_the_end_of_a_day() -> None:
    reading = dates.read_date("2022年11月19日24时")
    assert (reading.day, reading.at) == (date(2022, 11, 19), datetime(2022, 11, 20))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("texts", "hint"),
    [
        (("台账（2022年11月20日更新）",), HINT),
        (("2022年台账", "制表日期：2022.11.20"), HINT),
        (("摸排表20221120.xlsx",), HINT),
        (("2021年度",), YearHint(2021)),
        (("第三网格 1号楼",), None),
        ((), None),
    ],
)
def test_hints_of_titles(texts: tuple[str, ...], hint: YearHint | None) -> None:
    assert dates.hint_from(texts) == hint
