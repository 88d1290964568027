"""Sites: the list, a site with its place code, the sheet with it, and the page behind the code."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.places.models import Place
from gridwell.places.queries import LIVE, places_of, profile_of
from gridwell.places.rules.levels import PlaceKind
from gridwell.screening.actions import sites as acts
from gridwell.screening.models import Site
from gridwell.screening.presenters.sites import place_page
from gridwell.screening.queries.sites import access_site, site_by_code, sites_of
from gridwell.screening.slot_forms import SiteForm
from gridwell.screening.square_codes import svg_of
from gridwell.screening.views import back_to, community_of, needs

#: What a site can stand by.
STANDS_BY = tuple(
    kind.value for kind in PlaceKind if kind not in {PlaceKind.DWELLING, PlaceKind.UNIT}
)


def _places(request: ActorRequest, community: int) -> QuerySet[Place]:
    rows = places_of(request.actor, community).filter(LIVE, kind__in=STANDS_BY)
    return rows.order_by("path")


@require_http_methods(["GET", "POST"])
@listing.offered("sites")
def site_list(request: ActorRequest, area: int) -> HttpResponse:
    """The sampling sites of a community, and the form to add one."""
    community, now = community_of(request), clock.now()
    may_run = request.actor.may(Right.APPROVE_ORDERS, community)
    form = SiteForm(request.POST or None, places=_places(request, community))
    if request.method == "POST" and may_run and form.is_valid():
        try:
            acts.open_site(actor=request.actor, community=community, now=now, **form.cleaned_data)
            messages.success(request, _("The site is on record. Its place code can be printed."))
            return back_to("site_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    rows = list(sites_of(request.actor, community))
    context = {"rows": rows, "form": form, "may_run": may_run}
    return render(request, "screening/site_list.html", context)


@require_http_methods(["GET", "POST"])
def site_file(request: ActorRequest, area: int, site: int) -> HttpResponse:
    """A site: name and place, its place code, and what ends it."""
    community, now = community_of(request), clock.now()
    row = access_site(request.actor, community, site)
    may_run = request.actor.may(Right.APPROVE_ORDERS, community) and row.ends_at is None
    initial = {"name": row.name, "place": row.place_id, "where": row.where}
    form = SiteForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        places=_places(request, community),
    )
    if request.method == "POST":
        needs(request, Right.APPROVE_ORDERS)
        if form.is_valid():
            try:
                acts.edit_site(actor=request.actor, site=row, now=now, **form.cleaned_data)
                messages.success(request, _("On record."))
                return back_to("site_file", request, site=row.pk)
            except RuleBroken as refusal:
                form.add_error(None, say(refusal))
    context = {
        "site": row,
        "form": form,
        "may_run": may_run,
        "svg": svg_of(_address(request, row)),
        "address": _address(request, row),
    }
    return render(request, "screening/site_file.html", context)


def _address(request: HttpRequest, site: Site) -> str:
    """Return what the place code holds: the address of the site's page, nothing else."""
    args = [site.community_id, site.ref, site.code_version]
    return request.build_absolute_uri(reverse("site_public", args=args))


@require_POST
def site_end(request: ActorRequest, area: int, site: int) -> HttpResponse:
    """End a site, with a reason."""
    community = needs(request, Right.APPROVE_ORDERS)
    row = access_site(request.actor, community, site)
    reason = request.POST.get("reason", "")
    acts.end_site(actor=request.actor, site=row, reason=reason, now=clock.now())
    messages.success(request, _("Ended. Its place code now says that nobody is sampled there."))
    return back_to("site_list", request)


@require_POST
def site_code(request: ActorRequest, area: int, site: int) -> HttpResponse:
    """Give a site a new place code, with a reason."""
    community = needs(request, Right.APPROVE_ORDERS)
    row = access_site(request.actor, community, site)
    reason = request.POST.get("reason", "")
    acts.renew_code(actor=request.actor, site=row, reason=reason, now=clock.now())
    messages.success(request, _("New code. Print the sheet and take the old one down."))
    return back_to("site_file", request, site=row.pk)


@require_GET
def site_sheet(request: ActorRequest, area: int, site: int) -> HttpResponse:
    """The sheet with the place code, to hang at the site."""
    community = community_of(request)
    row = access_site(request.actor, community, site)
    if row.ends_at is not None:
        raise NotVisible
    address = _address(request, row)
    context: dict[str, Any] = {
        "site": row,
        "svg": svg_of(address),
        "address": address,
        "telephone": profile_of(community).telephone,
        "back": reverse("site_file", args=[community, row.pk]),
    }
    return render(request, "screening/site_sheet.html", context)


@login_not_required
@require_GET
def site_public(request: HttpRequest, community: int, ref: UUID, version: int) -> HttpResponse:
    """The page behind a place code: site, hours, who is called now. Facts of the site, of no person."""
    row = site_by_code(community, ref)
    if row is None or not 1 <= version <= row.code_version:
        raise NotVisible
    now = clock.now()
    is_old = version != row.code_version
    context = {
        "site": row,
        "is_old": is_old,
        "page": None if is_old or row.ends_at is not None else place_page(row, now),
        "telephone": profile_of(community).telephone,
    }
    status = 410 if is_old or row.ends_at is not None else 200
    return render(request, "screening/site_public.html", context, status=status)
