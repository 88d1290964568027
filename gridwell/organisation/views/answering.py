"""Who looks after and answers for a household, one of its people, or a site (五包一、四方责任)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.paging import page_of
from gridwell.organisation import forms, labels, queries
from gridwell.organisation.actions import naming
from gridwell.organisation.models import FourParty
from gridwell.organisation.rules.kinds import Party
from gridwell.organisation.views.common import ACT, act_page, at, bound, edits, one_community
from gridwell.residents.models import Household, Resident
from gridwell.residents.queries import access_household, access_resident, household_of_resident


def _file_of(request: ActorRequest, household: Household | None) -> str:
    """Return the address of a household file; of the list where there is none."""
    if household is None:
        return at(request, "household_list")
    return at(request, "household_file", household=household.pk)


def _household(request: ActorRequest, household: int) -> tuple[Household, str, str]:
    """Return a household with what its page is called and where it leads back to."""
    found = access_household(request.actor, request.area.pk, household)
    return found, found.dwelling.full_name, _file_of(request, found)


def _resident(request: ActorRequest, resident: int) -> tuple[Resident, str, str]:
    """Return a resident with what the page is called and where it leads back to."""
    found = access_resident(request.actor, request.area.pk, resident)
    return found, found.name, _file_of(request, household_of_resident(found))


@require_http_methods(ACT)
@one_community
@edits
@names_need_reason
def five_edit(request: ActorRequest, household: int) -> HttpResponse:
    """Name the five of a household."""
    return _five_page(request, *_household(request, household))


@require_http_methods(ACT)
@one_community
@edits
@names_need_reason
def five_of_person(request: ActorRequest, resident: int) -> HttpResponse:
    """Name the five of one resident: where not the whole household is looked after."""
    return _five_page(request, *_resident(request, resident))


def _five_page(
    request: ActorRequest, about: Household | Resident, name: str, back: str
) -> HttpResponse:
    standing = queries.five_of(about, clock.now())
    form = forms.FiveForm(
        **bound(request),
        people=queries.people_to_name(request.actor, request.area.pk),
        labels=labels.HELPERS,
        standing=standing,
        seen=queries.five_token(standing),
    )

    def act() -> str:
        naming.set_five(
            actor=request.actor,
            about=about,
            five=form.five,
            seen=form.cleaned_data["seen"],
            now=clock.now(),
        )
        return f"{back}#five"

    return act_page(
        request,
        form,
        act,
        template="organisation/five_edit.html",
        title=_("The five of %(door)s") % {"door": name},
        back=back,
        submit=_("Save"),
    )


@require_http_methods(ACT)
@one_community
@edits
@names_need_reason
def party_new(request: ActorRequest, household: int) -> HttpResponse:
    """Write down one of the four parties of a household."""
    return _party_page(request, *_household(request, household))


@require_http_methods(ACT)
@one_community
@edits
@names_need_reason
def party_of_person(request: ActorRequest, resident: int) -> HttpResponse:
    """Write down one of the four parties of one resident: their employer, say."""
    return _party_page(request, *_resident(request, resident))


@require_http_methods(ACT)
@one_community
@edits
def party_of_site(request: ActorRequest, site: int) -> HttpResponse:
    """Write down one of the four parties of a shop, an office, a school."""
    found = queries.access_site(request.actor, request.area.pk, site)
    return _party_page(request, found, found.full_name, at(request, "organisation_sites"))


def _party_page(request: ActorRequest, about: queries.About, name: str, back: str) -> HttpResponse:
    form = forms.PartyForm(
        **bound(request),
        people=queries.people_to_name(request.actor, request.area.pk),
        labels=labels.PARTIES,
        initial={"party": request.GET.get("party", "")},
    )

    def act() -> str:
        naming.name_party(
            actor=request.actor,
            about=about,
            party=Party(form.cleaned_data["party"]),
            named=form.named,
            now=clock.now(),
        )
        return f"{back}#parties"

    return act_page(
        request,
        form,
        act,
        title=_("Who answers for %(door)s") % {"door": name},
        back=back,
        submit=_("Save"),
    )


@require_http_methods(ACT)
@one_community
@edits
@names_need_reason
def party_end(request: ActorRequest, party: int) -> HttpResponse:
    """End one of the four parties."""
    found = queries.access_party(request.actor, request.area.pk, party)
    back = _page_of(request, found)
    form = forms.ReasonForm(**bound(request))

    def act() -> str:
        naming.end_party(
            actor=request.actor, party=found, now=clock.now(), reason=form.cleaned_data["reason"]
        )
        return back

    return act_page(
        request,
        form,
        act,
        title=_("End the responsibility: %(party)s") % {"party": labels.PARTIES[found.party]},
        back=back,
        submit=_("End it"),
    )


def _page_of(request: ActorRequest, party: FourParty) -> str:
    """Return where one of the four parties stands: a household file, or the list of sites."""
    if party.site_id is not None:
        return at(request, "organisation_sites")
    if party.resident is not None:
        return _file_of(request, household_of_resident(party.resident))
    return _file_of(request, party.household)


@listing.offered("site-parties")
@require_GET
@one_community
def site_parties(request: ActorRequest) -> HttpResponse:
    """List shops, offices, schools and works with who answers for each, by the four parties."""
    sites = queries.sites_at(request.actor, request.area.pk)
    words = request.GET.get("q", "").strip()[:40]
    if words:
        sites = sites.filter(full_name__icontains=words)
    page = page_of(request, sites, 50)
    context = {
        "page": page,
        "rows": [
            (line, [(labels.PARTIES[code], found) for code, found in line.parties.items()])
            for line in queries.site_lines(page, clock.now())
        ],
        "parties": [labels.PARTIES[party.value] for party in Party],
        "words": words,
        "may_edit": request.actor.may(Right.EDIT_REGISTER, request.area.pk),
        "on": "sites",
    }
    return render(request, "organisation/site_parties.html", context)
