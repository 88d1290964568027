"""Tags that say a clause as people cite it: the document and where in it, its words on hover."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gridwell.protocols.labels import FAMILIES
from gridwell.protocols.queries import clause_named
from gridwell.protocols.rules.model import Clause, Document

register = template.Library()


@register.simple_tag
def clause_words(clause_id: str, version: str = "") -> SafeString:
    """Return number (or name) of the document and place of a clause; all of its words as a title."""
    found = clause_named(str(clause_id or ""))
    if found is None:
        return format_html("{}", " ".join(part for part in (version, clause_id) if part))
    clause, document = found
    whole = f"{cited(clause, document)} {said(clause)}"
    return format_html('<span title="{}">{}</span>', whole, cited(clause, document, short=True))


@register.filter
def family_words(code: str) -> str:
    """Return what a protocol of this family is against; the code where nobody worded it."""
    return str(FAMILIES.get(code, code))


@register.filter
def clause_cited(clause_id: str) -> str:
    """Return 《document》 and place of a clause as plain text, for print and for sentences."""
    found = clause_named(str(clause_id or ""))
    return cited(*found) if found else str(clause_id or "")


@register.filter
def clause_said(clause_id: str) -> str:
    """Return what a clause says in our own words, "" where it is not known."""
    found = clause_named(str(clause_id or ""))
    return said(found[0]) if found else ""


def cited(clause: Clause, document: Document | None, *, short: bool = False) -> str:
    """Return how people cite a clause: 《第九版》第八条; `short` by the paper's number if it has one."""
    if document is None:
        return clause.place or clause.id
    if short and document.number:
        return f"{document.number} {clause.place}".strip()
    if _is_chinese():
        return f"《{document.zh.strip('《》')}》{clause.place}"
    return f"{document.en} {clause.place}".strip()


def said(clause: Clause) -> str:
    """Return the words of a clause in the reader's language."""
    return clause.zh if _is_chinese() else clause.en


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
