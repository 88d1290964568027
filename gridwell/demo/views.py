"""Pages of the demo: the first steps, the next day, the sample ledger. 404 anywhere else."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.demo.accounts import shown_accounts
from gridwell.demo.guide import guide_of
from gridwell.demo.labels import role_words

View = Callable[[ActorRequest], HttpResponse]


def demo_only(view: View) -> View:
    """Answer 404 where there are real people's data."""

    @wraps(view)
    def guarded(request: ActorRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return guarded


@demo_only
@require_GET
def demo_guide(request: ActorRequest) -> HttpResponse:
    """Show the first steps and the accounts."""
    accounts = [(account, role_words(account.role)) for account in shown_accounts()]
    context = {"guide": guide_of(request.actor), "accounts": accounts, "now": clock.now()}
    return render(request, "demo/guide.html", context)


@demo_only
@require_POST
def demo_next_day(request: ActorRequest) -> HttpResponse:
    """Move the demo to its next evening and return to where the button was."""
    from gridwell.demo import days  # with all that makes a day: no other installation loads it

    day = days.next_day()
    messages.success(
        request,
        _("It is the evening of %(day)s. The rounds of the day are on record.")
        % {"day": day.isoformat()},
    )
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/demo/"
    return redirect(back)


@demo_only
@require_GET
def demo_ledger(request: ActorRequest) -> HttpResponse:
    """Hand out the sample ledger."""
    from gridwell.demo.ledger import FILE_NAME, sample_ledger

    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(sample_ledger(), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer
