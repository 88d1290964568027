"""Pages of users: the list, a file, and the acts on an account."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gridwell.accounts import actions, forms, listing, queries
from gridwell.accounts.acting import act_page, bound, for_managers, form_page
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock, frame
from gridwell.core.joining import joined
from gridwell.core.paging import page_of


@listing.offered("accounts")
@require_GET
@for_managers
def user_list(request: ActorRequest) -> HttpResponse:
    """List the accounts of the actor's desks."""
    now = clock.now()
    words, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    users = queries.narrowed_users(queries.users_of(request.actor), now, words, state)
    page = page_of(request, users.select_related("area"), 50)
    posts = queries.posts_by_user([user.pk for user in page], now)
    away = queries.away_ids([user.pk for user in page], now)
    rows = [(user, posts.get(user.pk, []), user.pk in away) for user in page]
    context = {"page": page, "rows": rows, "q": words, "state": state}
    return render(request, "accounts/user_list.html", context)


@require_GET
@for_managers
def user_file(request: ActorRequest, user: int) -> HttpResponse:
    """Show one account: posts, absences, what was done to it."""
    now = clock.now()
    person = queries.access_user(request.actor, user)
    context = {
        "person": person,
        "lines": queries.posts_of_user(person, now),
        "absences": queries.absences_of(person, now),
        "history": queries.history_of(person, person.area_id or 0),
        "may_change": queries.may_change(request.actor, person, now),
        "is_self": person.pk == request.actor.user_id,
        "has_second_step": queries.has_second_step(person),
        "is_away": person.pk in queries.away_ids([person.pk], now),
        "panels": frame.fill("user_panels", request.actor, [person.pk], clock.day_of(now)),
        "now": now,
    }
    return render(request, "accounts/user_file.html", context)


@never_cache
@form_page
@for_managers
def user_new(request: ActorRequest) -> HttpResponse:
    """Make an account; its one-time password is shown once, on the page that answers."""
    form = forms.NewUserForm(
        **bound(request),
        areas=queries.areas_to_manage(request.actor),
        initial={
            "area": queries.first_area(request.actor),
            "name": request.GET.get("name", "")[:40],  # somebody of the reserve list
        },
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        user, once = actions.create_user(actor=request.actor, now=clock.now(), **data)
        return _show_once(request, user, once)

    return act_page(
        request,
        form,
        act,
        title=_("New account"),
        submit=_("Make the account"),
        back=reverse("user_list"),
    )


@form_page
@for_managers
def user_edit(request: ActorRequest, user: int) -> HttpResponse:
    """Correct name and telephone."""
    person = queries.access_user(request.actor, user)
    return act_page(
        request,
        forms.UserForm(
            **bound(request), initial={"name": person.name, "telephone": person.telephone}
        ),
        lambda data: actions.change_user(**_by(request), user=person, **data),
        title=_("Change the account"),
        back=_file_of(person),
    )


@never_cache
@form_page
@for_managers
def user_reset(request: ActorRequest, user: int) -> HttpResponse:
    """Give a new one-time password, shown once."""
    person = queries.access_user(request.actor, user)

    def act(data: dict[str, Any]) -> HttpResponse:
        once = actions.reset_password(**_by(request), user=person, **data)
        return _show_once(request, person, once)

    return act_page(
        request,
        forms.ReasonForm(**bound(request)),
        act,
        title=_("Reset the password of %(name)s") % {"name": person.name},
        submit=_("Reset the password"),
        back=_file_of(person),
        effect=_(
            "The old password stops at once, every device is signed out, and the second step of "
            "sign-in is taken off. Make sure that it is really this person who asks."
        ),
    )


@form_page
@for_managers
def user_lock(request: ActorRequest, user: int) -> HttpResponse:
    """Lock an account."""
    person = queries.access_user(request.actor, user)

    def act(data: dict[str, Any]) -> None:
        actions.lock_user(**_by(request), user=person, **data)
        messages.success(request, _("The account of %(name)s is locked.") % {"name": person.name})

    return act_page(
        request,
        forms.ReasonForm(**bound(request)),
        act,
        title=_("Lock the account of %(name)s") % {"name": person.name},
        submit=_("Lock the account"),
        back=_file_of(person),
        effect=_("Every device is signed out at once. Deputies step in until the account is open."),
        is_bad=True,
    )


@require_POST
@for_managers
def user_unlock(request: ActorRequest, user: int) -> HttpResponse:
    """Open a locked account."""
    person = queries.access_user(request.actor, user)
    actions.unlock_user(actor=request.actor, user=person, now=clock.now())
    messages.success(request, _("The account of %(name)s is open again.") % {"name": person.name})
    return redirect(_file_of(person))


@form_page
@for_managers
def user_end(request: ActorRequest, user: int) -> HttpResponse:
    """End an account for good; its posts are freed and named."""
    person = queries.access_user(request.actor, user)
    held = [line.post.title for line in queries.posts_of_user(person, clock.now())]

    def act(data: dict[str, Any]) -> HttpResponse:
        freed = actions.end_user(**_by(request), user=person, **data)
        messages.success(request, _("The account of %(name)s has ended.") % {"name": person.name})
        for post in freed:
            messages.warning(
                request, _("The post “%(post)s” has no A now. Name one.") % {"post": post.title}
            )
        return redirect(reverse("post_list") + "?state=no_a" if freed else _file_of(person))

    return act_page(
        request,
        forms.ReasonForm(**bound(request)),
        act,
        title=_("End the account of %(name)s") % {"name": person.name},
        submit=_("End the account for good"),
        back=_file_of(person),
        effect=_effect_of_ending(held),
        is_bad=True,
    )


@form_page
@for_managers
def user_absence(request: ActorRequest, user: int) -> HttpResponse:
    """Record that a person cannot serve."""
    person = queries.access_user(request.actor, user)
    return act_page(
        request,
        forms.AbsenceForm(**bound(request), initial={"starts_at": clock.now()}),
        lambda data: actions.record_absence(**_by(request), user=person, **data),
        title=_("%(name)s cannot serve") % {"name": person.name},
        submit=_("Record the absence"),
        back=_file_of(person),
        effect=_("Deputies act from then on by themselves, and stop when the absence ends."),
    )


@require_POST
@for_managers
def user_back(request: ActorRequest, user: int, absence: int) -> HttpResponse:
    """Say that a person is back."""
    person = queries.access_user(request.actor, user)
    found = queries.access_absence(person, absence)
    actions.end_absence(actor=request.actor, absence=found, now=clock.now())
    messages.success(request, _("%(name)s is back.") % {"name": person.name})
    return redirect(_file_of(person))


def _by(request: ActorRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": clock.now()}


def _file_of(person: Any) -> str:
    return reverse("user_file", kwargs={"user": person.pk})


def _show_once(request: ActorRequest, person: Any, once: str) -> HttpResponse:
    return render(request, "accounts/password_once.html", {"person": person, "once": once})


def _effect_of_ending(held: list[str]) -> str:
    if not held:
        return _("The account holds no post. It cannot be opened again.")
    return _("These posts lose this person: %(posts)s. The account cannot be opened again.") % {
        "posts": joined(held)
    }
