"""Where staff live: the page that lets a deputy step in by itself (工作人员住址)."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridwell.accounts import actions, queries
from gridwell.accounts.acting import act_page, bound, for_managers, form_page
from gridwell.accounts.fields import AreaChoice, field_of
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.models import User
from gridwell.command.queries.lines import communities_near, entry_named, home_named
from gridwell.core import clock
from gridwell.places.models import Area
from gridwell.residents.models import Resident


class HomeForm(forms.Form):
    """A community and a door there; empty takes the home away."""

    community = AreaChoice(
        label=gettext_lazy("Community"), queryset=Area.objects.none(), required=False
    )
    door = forms.CharField(
        label=gettext_lazy("Door number or address"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("As people say it: 2-1-1501. Empty takes the home away."),
    )
    lives_elsewhere = forms.BooleanField(
        label=gettext_lazy("Lives elsewhere"),
        required=False,
        help_text=gettext_lazy("Only registered there: a closed building does not keep them in."),
    )
    entry = forms.CharField(
        label=gettext_lazy("Name in the register"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only where it differs from the name of the account."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "community").queryset = communities_near(user)


@form_page
@for_managers
def user_home(request: ActorRequest, user: int) -> HttpResponse:
    """Say where a colleague lives, and whether a closed building would keep them in."""
    person = queries.access_user(request.actor, user)
    home = person.home
    entry = Resident.objects.filter(pk=person.resident or 0, name__gt="").first()
    may_see = entry is not None and request.actor.covers(entry.community_id)
    form = HomeForm(
        **bound(request),
        user=person,
        initial={
            "community": home.community_id if home else person.area_id,
            "door": home.full_name if home else "",
            "lives_elsewhere": person.lives_elsewhere,
            "entry": entry.name if entry is not None and may_see else "",
        },
    )

    def act(data: dict[str, Any]) -> None:
        place = home_named(data["community"], data["door"]) if _is_said(data) else None
        actions.set_home(
            actor=request.actor,
            user=person,
            home=place,
            lives_elsewhere=data["lives_elsewhere"],
            resident=entry_named(request.actor, place, data["entry"]) if place else None,
            now=clock.now(),
        )

    return act_page(
        request,
        form,
        act,
        title=_("Home of %(name)s") % {"name": person.name},
        back=reverse("user_file", kwargs={"user": person.pk}),
        effect=_(
            "While the building is closed or %(name)s is isolated, deputies act by themselves."
        )
        % {"name": person.name},
    )


def _is_said(data: dict[str, Any]) -> bool:
    return bool(data["community"] and data["door"].strip())
