"""What the pages of ledgers share: one community, a right, files to download."""

from collections.abc import Callable
from functools import wraps
from typing import BinaryIO, Concatenate, ParamSpec
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core.errors import NotVisible
from gridwell.places.rules.levels import AreaLevel

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def with_right(right: Right) -> Callable[[View[P]], View[P]]:
    """Wrap a view of one community that only some may use; an upper area leads to the choice below.

    For those without the right the page is not there (404). The area of the address is
    `request.area` and no argument of the view.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not request.actor.may(right, request.area.pk):
                raise NotVisible
            if request.area.level != AreaLevel.COMMUNITY:
                return redirect("communities", area=request.area.pk)
            kwargs.pop("area", None)
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def download(body: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """Return a small file; its name may be Chinese."""
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def stream(file: BinaryIO, name: str, kind: str) -> FileResponse:
    """Return a large file in parts."""
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)
