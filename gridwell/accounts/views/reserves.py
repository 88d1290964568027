"""The reserve list, and taking work back from a deputy (候补名单、交回)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridwell.accounts import actions, forms, labels, listing, queries
from gridwell.accounts.acting import act_page, bound, for_managers, form_page
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock, frame


@listing.offered("reserves")
@require_GET
@for_managers
def reserve_list(request: ActorRequest) -> HttpResponse:
    """List who is kept in reserve, by area, for which roles."""
    role = request.GET.get("role", "")
    rows = queries.reserves_of(request.actor, role=role)
    context = {"rows": rows, "role": role, "roles": labels.ROLES}
    return render(request, "accounts/reserve_list.html", context)


@form_page
@for_managers
def reserve_new(request: ActorRequest) -> HttpResponse:
    """Put somebody on the reserve list."""
    form = forms.ReserveForm(
        **bound(request),
        areas=queries.areas_to_manage(request.actor),
        people=queries.active_users_of(request.actor),
        initial={"area": queries.first_area(request.actor)},
    )
    return act_page(
        request,
        form,
        lambda data: actions.add_reserve(actor=request.actor, now=clock.now(), **data),
        title=_("Put somebody on the reserve list"),
        submit=_("Put on the list"),
        back=reverse("reserve_list"),
        effect=_("Whoever stands here comes first when a deputy is named in this area."),
    )


@require_POST
@for_managers
def reserve_end(request: ActorRequest, candidate: int) -> HttpResponse:
    """Take somebody off the reserve list."""
    found = queries.access_reserve(request.actor, candidate)
    actions.end_reserve(actor=request.actor, candidate=found, now=clock.now())
    return redirect("reserve_list")


@form_page
def hand_back(request: ActorRequest, stand_in: int) -> HttpResponse:
    """Show what a deputy did for A meanwhile, and let A take it back."""
    now = clock.now()
    found = queries.access_stand_in(request.actor, stand_in)
    is_mine = request.actor.user_id == found.post.holder_id
    may_confirm = is_mine or request.actor.may_manage_posts(found.post.area_id)
    form = forms.HandBackForm(**bound(request))
    form.fields["remark"].required = not is_mine
    if request.method == "POST" and form.is_valid():
        actions.take_back(actor=request.actor, stand_in=found, now=now, **form.cleaned_data)
        return redirect("my_account" if is_mine else request.path)
    context = {
        "stand_in": found,
        "acts": queries.acts_of_stand_in(found),
        "work": frame.fill("hand_back_work", request.actor, [found.pk], clock.day_of(now)),
        "form": form,
        "may_confirm": may_confirm and found.ends_at is not None and found.confirmed_at is None,
        "is_mine": is_mine,
        "confirmed_by": queries.names_of([found.confirmed_by]).get(found.confirmed_by or 0, ""),
    }
    return render(request, "accounts/hand_back.html", context)
