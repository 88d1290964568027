"""A form is filled again with what was sent: every kind of field, the right one of several forms."""

from typing import Any

import pytest

from gridwell.core.kept_form import refill

PAGE = "/1/list/?show=all&page=2"


def again(html: str, path: str = "/1/do/", **sent: Any) -> str | None:
    values = {name: value if isinstance(value, list) else [value] for name, value in sent.items()}
    return refill(html, path=path, page=PAGE, sent=values, said="<p>no</p>")


def form(inside: str, more: str = "") -> str:
    return f'<main><form method="post" action="/1/do/"{more}>{inside}</form></main>'


@pytest.mark.parametrize(
    ("field", "sent", "expected"),
    [
        ('<input type="checkbox" name="x" value="2">', ["1", "2"], "checked"),
        ('<input name="x" value="old">', 'a "b" <c>', 'value="a &quot;b&quot; &lt;c&gt;"'),
        ('<input type="date" name="x">', "2022-11-23", 'value="2022-11-23"'),
        ('<textarea name="x">old</textarea>', "a<b", "a&lt;b</textarea>"),
        ('<select name="x"><option value="1" selected>A</option><option value="2">B</option></select>',
         "2", '<option value="1">A</option><option value="2" selected>'),
        ('<input type="radio" name="x" value="1" checked><input type="radio" name="x" value="2">',
         "2", 'value="1"><input type="radio" name="x" value="2" checked>'),
    ],
)  # fmt: skip
def test_a_field_keeps_what_was_sent(field: str, sent: Any, expected: str) -> None:
    html = again(form(field), x=sent)
    assert html is not None
    assert expected in html
    assert "old" not in html
    assert html.index("<p>no</p>") < html.index(' name="x"')


@pytest.mark.parametrize(
    "field",
    [
        '<input type="hidden" name="x" value="of the page">',
        '<input type="password" name="x">',
        '<input type="file" name="x">',
        '<input name="x" value="locked" disabled>',
    ],
)
def test_keys_secrets_and_locked_fields_stay_as_the_page_has_them(field: str) -> None:
    html = again(form(field), x="sent")
    assert html is not None
    assert field in html


def test_a_box_that_was_not_ticked_is_not() -> None:
    html = again(form('<input type="checkbox" name="x" value="1" checked>'), y="1")
    assert html is not None
    assert "checked" not in html


def test_rows_that_share_a_name_keep_their_order() -> None:
    html = again(form('<input name="x"><input name="x" value="9">'), x=["1", ""])
    assert html is not None
    assert '<input name="x" value="1"><input name="x" value="">' in html


def test_of_several_forms_it_is_the_one_that_was_sent() -> None:
    stop = '<input type="hidden" name="act" value="stop"><input name="reason">'
    change = (
        '<input type="hidden" name="act" value="change"><input name="hours"><input name="reason">'
    )
    html = again(form(change) + form(stop), act="stop", reason="broken")
    assert html is not None
    assert html.count("broken") == 1
    assert html.index("stop") < html.index("broken")


def test_a_field_may_stand_outside_of_its_form() -> None:
    html = again(form("", ' id="f"') + '<input type="checkbox" form="f" name="x" value="1">', x="1")
    assert html is not None
    assert "checked" in html


def test_what_is_folded_away_opens() -> None:
    html = again(f"<details><summary>A</summary></details><details>{form('')}</details>", x="1")
    assert html is not None
    assert html.count("<details open>") == 1
    assert html.index("<details>") < html.index("<details open>")


def test_a_reason_out_of_a_dialog_is_kept_hidden() -> None:
    html = again(
        form('<button name="act" value="x">'), act="x", reason="why", csrfmiddlewaretoken="t"
    )
    assert html is not None
    assert '<input type="hidden" name="reason" value="why">' in html
    assert 'value="t"' not in html


def test_relative_addresses_lead_from_the_page() -> None:
    links = '<a href="?page=3">3</a><a href="#x">x</a><form method="get"></form><form method="post"></form>'
    html = again(form("") + links, x="1")
    assert html is not None
    assert '<a href="/1/list/?page=3">' in html
    assert '<a href="#x">' in html
    assert '<form method="get" action="/1/list/">' in html
    assert f'<form method="post" action="{PAGE.replace("&", "&amp;")}">' in html


def test_a_page_without_the_form_is_none() -> None:
    assert again('<form method="post" action="/other/"></form>', x="1") is None
    assert again('<form method="get" action="/1/do/"></form>', x="1") is None
    assert again(form("", " hidden"), x="1") is None


def test_the_rest_of_the_page_stays_to_the_letter() -> None:
    rest = (
        '<!doctype html><p title="a &amp; b">x &lt; y &#8212; ü</p><script>if (a < b) c();</script>'
    )
    rest += '<svg><path d="M0 0"/></svg><br>'
    html = again(rest + form(""), x="1")
    assert html is not None
    assert html.startswith(rest)
