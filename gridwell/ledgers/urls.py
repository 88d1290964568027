"""Addresses of ledgers."""

from django.urls import path, register_converter
from django.urls.resolvers import URLPattern

from gridwell.ledgers.views import exports, imports


class PeopleConverter:
    """Which people of an import a list shows."""

    regex = "new|changed|missing"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PeopleConverter, "import_people")
_ALL = "<area:area>/register/imports/"
_ONE = f"{_ALL}<int:ledger>/"
_OUT = "<area:area>/register/exports/"

urlpatterns: list[URLPattern] = [
    path(_ALL, imports.import_list, name="import_list"),
    path(_ONE, imports.import_page, name="import_page"),
    path(f"{_ONE}columns/", imports.import_columns, name="import_columns"),
    path(f"{_ONE}faults/", imports.import_faults, name="import_faults"),
    path(f"{_ONE}mend/", imports.import_mend, name="import_mend"),
    path(f"{_ONE}people/<import_people:what>/", imports.import_people, name="import_people"),
    path(f"{_ONE}duplicates/", imports.import_duplicates, name="import_duplicates"),
    path(f"{_ONE}apply/", imports.import_apply, name="import_apply"),
    path(f"{_ONE}drop/", imports.import_drop, name="import_drop"),
    path(f"{_ONE}undo/", imports.import_undo, name="import_undo"),
    path(f"{_ONE}layout/", imports.import_layout, name="import_layout"),
    path(_OUT, exports.export_list, name="export_list"),
    path(f"{_OUT}layouts/new/", exports.layout_new, name="layout_new"),
    path(f"{_OUT}layouts/<int:layout>/", exports.layout_edit, name="layout_edit"),
    path(f"{_OUT}layouts/<int:layout>/remove/", exports.layout_remove, name="layout_remove"),
    path(f"{_OUT}layouts/<int:layout>/file/", exports.export_make, name="export_make"),
]
