"""All addresses. Scoped pages carry the 12-digit area code first: /140109008001/today/."""

from django.urls import include, path, register_converter
from django.urls.resolvers import URLPattern, URLResolver


class AreaConverter:
    """A 12-digit area code in a path; leading digits are never zero (provinces start at 11)."""

    regex = "[1-9][0-9]{11}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(AreaConverter, "area")

handler500 = "gridwell.core.views.server_error"
urlpatterns: list[URLPattern | URLResolver] = []
for package in (
    "core",
    "accounts",
    "audit",
    "places",
    "notify",
    "residents",
    "protocols",
    "orders",
    "health",
    "ledgers",
    "plan",
    "organisation",
    "tasks",
    "screening",
    "command",
    "demo",
    "web",
):
    urlpatterns.append(path("", include(f"gridwell.{package}.urls")))
urlpatterns.append(path("", include("gridwell.command.duty_urls")))
