"""Addresses of the register's pages."""

from django.urls import path

from gridwell.residents.views import board, households, labels, ledger, lists, people, places

urlpatterns = [
    path("<area:area>/communities/", places.communities, name="communities"),
    # Buildings and grids
    path("<area:area>/register/buildings/", places.buildings, name="buildings"),
    path(
        "<area:area>/register/buildings/<int:building>/",
        board.building_board,
        name="building_board",
    ),
    path(
        "<area:area>/register/buildings/<int:building>/print/",
        board.board_print,
        name="board_print",
    ),
    path("<area:area>/register/grids/gaps/", places.gaps, name="grid_gaps"),
    path("<area:area>/register/grids/new/", places.grid_new, name="grid_new"),
    path("<area:area>/register/grids/<int:grid>/", places.grid_draw, name="grid_draw"),
    path("<area:area>/register/grids/<int:grid>/edit/", places.grid_edit, name="grid_edit"),
    path("<area:area>/register/grids/<int:grid>/end/", places.grid_end, name="grid_end"),
    path("<area:area>/register/settings/", places.community_settings, name="community_settings"),
    path("<area:area>/register/places/<int:place>/", places.place_file, name="place_file"),
    path("<area:area>/register/places/<int:under>/new/", places.place_new, name="place_new"),
    path("<area:area>/register/places/<int:place>/edit/", places.place_edit, name="place_edit"),
    path("<area:area>/register/places/<int:place>/alias/", places.place_alias, name="place_alias"),
    path("<area:area>/register/places/<int:place>/merge/", places.place_merge, name="place_merge"),
    path("<area:area>/register/places/<int:place>/end/", places.place_end, name="place_end"),
    path(
        "<area:area>/register/places/merges/<int:merge>/undo/",
        places.place_unmerge,
        name="place_unmerge",
    ),
    # Households
    path("<area:area>/register/households/", lists.household_list, name="household_list"),
    path(
        "<area:area>/register/households/new/<int:dwelling>/",
        households.household_new,
        name="household_new",
    ),
    *(
        path(
            f"<area:area>/register/households/<int:household>/{act}",
            view,
            name=name,
        )
        for act, view, name in (
            ("", households.household_file, "household_file"),
            ("person/", households.resident_new, "resident_new"),
            ("move-in/", households.household_move_in, "household_move_in"),
            ("move-out/", households.household_move_out, "household_move_out"),
            ("split/", households.household_split, "household_split"),
            ("merge/", households.household_merge, "household_merge"),
            ("unmerge/", households.household_unmerge, "household_unmerge"),
            ("head/", households.household_head, "household_head"),
            ("death/", households.household_death, "household_death"),
            ("tenure/", households.household_tenure, "household_tenure"),
            ("label/", labels.mark_new, "mark_new"),
            ("objection/", labels.objection_new, "objection_new"),
        )
    ),
    # People
    path("<area:area>/register/people/", lists.resident_list, name="resident_list"),
    path("<area:area>/register/people/change/", lists.bulk_edit, name="bulk_edit"),
    path("<area:area>/register/people/duplicates/", lists.duplicates, name="duplicates"),
    path(
        "<area:area>/register/people/<int:gone>/merge/<int:kept>/",
        lists.resident_merge,
        name="resident_merge",
    ),
    path(
        "<area:area>/register/people/<int:gone>/unmerge/",
        lists.resident_unmerge,
        name="resident_unmerge",
    ),
    path(
        "<area:area>/register/people/<int:resident>/edit/",
        people.resident_edit,
        name="resident_edit",
    ),
    path(
        "<area:area>/register/people/<int:resident>/circumstance/",
        people.trait_new,
        name="trait_new",
    ),
    path(
        "<area:area>/register/people/<int:resident>/circumstance/<slug:code>/end/",
        people.trait_end,
        name="trait_end",
    ),
    path(
        "<area:area>/register/people/<int:resident>/away/",
        people.resident_away,
        name="resident_away",
    ),
    path(
        "<area:area>/register/people/<int:resident>/back/",
        people.resident_back,
        name="resident_back",
    ),
    # Grid ledgers, labels, objections, search
    path("<area:area>/register/ledgers/", ledger.grid_ledgers, name="grid_ledgers"),
    path("<area:area>/register/ledgers/<int:grid>/", ledger.grid_ledger, name="grid_ledger"),
    path("<area:area>/register/labels/", labels.label_schemes, name="label_schemes"),
    path("<area:area>/register/labels/start/", labels.schemes_apply, name="schemes_apply"),
    path("<area:area>/register/labels/<int:label>/", labels.label_edit, name="label_edit"),
    path(
        "<area:area>/register/marks/<int:mark>/approve/", labels.mark_approve, name="mark_approve"
    ),
    path("<area:area>/register/marks/<int:mark>/end/", labels.mark_end, name="mark_end"),
    path("<area:area>/register/objections/", labels.objection_list, name="objection_list"),
    path(
        "<area:area>/register/objections/<int:objection>/answer/",
        labels.objection_answer,
        name="objection_answer",
    ),
    path("<area:area>/search/", people.search, name="search"),
]
