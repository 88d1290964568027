"""Pages of the frame itself: a word without pages, the style page, keep-alive, faults."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.defaults import server_error as default_server_error

from gridwell.core import frame, style_guide
from gridwell.core.assets import FrontEndNotBuilt


@require_GET
@login_required
def word(request: HttpRequest, code: str) -> HttpResponse:
    """Show a word of the navigation under which this person has no page."""
    found = next((word for word in frame.words() if word.code == code), None)
    if found is None:
        raise Http404
    return render(request, "core/word_empty.html", {"word": found})


@require_GET
@login_required
def keep_alive(request: HttpRequest) -> HttpResponse:
    """Prolong the session of someone who works on a page without asking for another."""
    request.session.modified = True
    return HttpResponse(status=204)


@require_GET
@login_required
def style_page(request: HttpRequest) -> HttpResponse:
    """Show every part of the look, in the demo and while developing only."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    return render(request, "core/style_guide.html", style_guide.samples())


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault (handler500); a missing front-end gets a page that says what to do."""
    if isinstance(sys.exc_info()[1], FrontEndNotBuilt):
        return render(request, "core/not_built.html", status=503)
    return default_server_error(request)
