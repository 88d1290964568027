"""Pages of posts: the list with A and B, a file, and the acts on a post."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridwell.accounts import actions, forms, listing, queries
from gridwell.accounts.acting import act_page, bound, for_managers, form_page
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Role
from gridwell.accounts.rules.posts import roles_at
from gridwell.core import clock
from gridwell.core.paging import page_of
from gridwell.places.rules.levels import AreaLevel


@listing.offered("posts")
@require_GET
@for_managers
def post_list(request: ActorRequest) -> HttpResponse:
    """List the posts of the actor's range by area, with who acts for each now."""
    now = clock.now()
    words, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    mine = queries.posts_of(request.actor, now)
    posts = queries.narrowed_posts(mine, now, words, state)
    page = page_of(request, posts, 50)
    context = {
        "page": page,
        "lines": queries.lines_of(page.object_list, now),  # type: ignore[arg-type]  # a slice of it
        "q": words,
        "state": state,
        "open_count": queries.without_name(mine).count(),
        "alarms": queries.nobody_acts(queries.managed_spans(request.actor), now),
    }
    return render(request, "accounts/post_list.html", context)


@require_GET
@for_managers
def post_file(request: ActorRequest, post: int) -> HttpResponse:
    """Show one post: its line A, B, …, why who acts does, rehearsals, and what was done to it."""
    now = clock.now()
    found = queries.access_post(request.actor, post)
    context = {
        "post": found,
        "line": queries.line_of(found, now),
        "stand_ins": queries.stand_ins_of(found),
        "rehearsals": queries.rehearsals_of(found),
        "month": queries.month_of(clock.day_of(now)),
        "history": queries.history_of(found, found.area_id),
        "is_over": found.ends_at is not None and found.ends_at <= now,
        "is_grid_worker": found.role == Role.GRID_WORKER,
        "is_own": any(held.id == found.pk for held in request.actor.posts),
    }
    return render(request, "accounts/post_file.html", context)


@require_GET
@for_managers
def post_where(request: ActorRequest) -> HttpResponse:
    """Choose the area of a new post; with one area there is nothing to choose."""
    areas = queries.areas_to_manage(request.actor)
    words = request.GET.get("q", "").strip()
    page = page_of(request, queries.narrowed_areas(areas, words), 50)
    return render(request, "accounts/post_where.html", {"page": page, "q": words})


@form_page
@for_managers
def post_new(request: ActorRequest, at: int) -> HttpResponse:
    """Make a post at an area."""
    area = queries.access_area(request.actor, at)
    form = forms.NewPostForm(
        **bound(request),
        roles=roles_at(AreaLevel(area.level)),
        people=queries.active_users_of(request.actor),
        grids=queries.grids_at(area),
        places=queries.places_for_heads(area),
        teams=queries.teams_at(area, clock.now()),
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.create_post(
            actor=request.actor,
            role=Role(data["role"]),
            area=area,
            title=data["title"],
            grids=list(data.get("grids", ())),
            holder=data["holder"],
            deputies=[data["deputy"]] if data["deputy"] else [],
            place=data.get("place"),
            team=data.get("team"),
            activates_in=data["activates_in"],
            now=clock.now(),
        )
        return redirect(_file_of(made))

    return act_page(
        request,
        form,
        act,
        title=_("New post at %(area)s") % {"area": area.name},
        submit=_("Make the post"),
        back=reverse("post_list"),
    )


@form_page
@for_managers
def post_holder(request: ActorRequest, post: int) -> HttpResponse:
    """Hand a post over."""
    found = queries.access_post(request.actor, post)
    people = queries.people_for(request.actor, found)
    return act_page(
        request,
        forms.HolderForm(**bound(request), people=people, post=found),
        lambda data: actions.change_holder(**_by(request), post=found, **data),
        title=_("Hand over the post “%(post)s”") % {"post": found.title},
        submit=_("Hand over"),
        back=_file_of(found),
        effect=_("Work belongs to the post: everything open goes to the new holder at once."),
    )


@form_page
@for_managers
def post_deputies(request: ActorRequest, post: int) -> HttpResponse:
    """Name the deputies of a post."""
    found = queries.access_post(request.actor, post)
    form = forms.DeputiesForm(
        **bound(request),
        people=queries.people_for(request.actor, found),
        chosen=queries.line_of(found, clock.now()).deputies,
    )
    return act_page(
        request,
        form,
        lambda _data: actions.set_deputies(**_by(request), post=found, deputies=form.deputies),
        title=_("Deputies of the post “%(post)s”") % {"post": found.title},
        back=_file_of(found),
        effect=_("A deputy acts only while A and all deputies before are away, by itself."),
    )


@form_page
@for_managers
def post_grids(request: ActorRequest, post: int) -> HttpResponse:
    """Set the grids of a grid worker's post."""
    found = queries.access_post(request.actor, post)
    chosen = [grid.pk for grid in queries.line_of(found, clock.now()).grids]
    return act_page(
        request,
        forms.ScopeForm(
            **bound(request), grids=queries.grids_at(found.area), initial={"grids": chosen}
        ),
        lambda data: actions.set_scope(**_by(request), post=found, grids=list(data["grids"])),
        title=_("Grids of the post “%(post)s”") % {"post": found.title},
        back=_file_of(found),
        effect=_("The next page its holder opens shows these grids only."),
    )


@form_page
@for_managers
def post_rehearsal(request: ActorRequest, post: int) -> HttpResponse:
    """Record that stepping in was rehearsed."""
    found = queries.access_post(request.actor, post)
    line = queries.line_of(found, clock.now())
    return act_page(
        request,
        forms.RehearsalForm(
            **bound(request), deputies=line.deputies, initial={"held_on": clock.today()}
        ),
        lambda data: actions.record_rehearsal(**_by(request), post=found, **data),
        title=_("Rehearsal of the post “%(post)s”") % {"post": found.title},
        submit=_("Record the rehearsal"),
        back=_file_of(found),
        effect=_("Rehearsed once a month: A stays away for an hour, B finds the work and does it."),
    )


@form_page
@for_managers
def post_end(request: ActorRequest, post: int) -> HttpResponse:
    """End a post."""
    found = queries.access_post(request.actor, post)
    return act_page(
        request,
        forms.ReasonForm(**bound(request)),
        lambda data: actions.end_post(**_by(request), post=found, **data),
        title=_("End the post “%(post)s”") % {"post": found.title},
        submit=_("End the post"),
        back=_file_of(found),
        done=reverse("post_list"),
        effect=_("Holder and deputies lose at once what this post gave them."),
        is_bad=True,
    )


def _by(request: ActorRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": clock.now()}


def _file_of(post: Post) -> str:
    return reverse("post_file", kwargs={"post": post.pk})
