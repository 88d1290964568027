"""Areas, the tree of places inside a community, grids."""

from django.db import models

from gridwell.core import ids
from gridwell.core.fields import CommunityForeignKey
from gridwell.places.rules.levels import AreaLevel, PlaceKind


class Area(models.Model):
    """A division of the country (区划), keyed by its 12-digit statistical code.

    A reference table. "Inside an area" is a range of codes, never a join: see `rules.levels.span_of`.
    Personal data: none.
    """

    code = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=12, choices=[(k.value, k.value) for k in AreaLevel])
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    is_invented = models.BooleanField(
        default=False
    )  # not an official code (demo, or not known yet)
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["level", "code"], name="area_level")]

    def __str__(self) -> str:
        return self.name


class CommunityProfile(models.Model):
    """How one community has set up its desk (社区设置): grid size band, answer time, colour scheme.

    Personal data: none.
    """

    community = models.OneToOneField(Area, models.PROTECT, primary_key=True, related_name="profile")
    grid_low = models.PositiveIntegerField(default=100)  # households in a grid below which we warn
    grid_high = models.PositiveIntegerField(
        default=500
    )  # docs/field.md: 300-500 is the common size
    micro_grid_low = models.PositiveIntegerField(default=20)
    micro_grid_high = models.PositiveIntegerField(default=100)
    objection_days = models.PositiveSmallIntegerField(default=3)
    telephone = models.CharField(max_length=40, default="", blank=True)  # the desk's, for notices

    def __str__(self) -> str:
        return f"profile of {self.community_id}"


class Grid(models.Model):
    """A grid (网格) or, with a parent, a micro-grid (微网格). Who is in charge is a post in accounts.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    parent = CommunityForeignKey("self", models.PROTECT, null=True, related_name="micro_grids")
    number = models.CharField(max_length=12)  # "3", "3-2": unique within the community
    name = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="grid_number_once")
        ]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A place inside a community (小区、村、楼栋、单元、户、商铺…): a tree of free depth.

    `path` holds the ids from the root down to the place itself ("/12/40/41/"), so that everything
    below a place is a prefix. `key` is `naming.match_key(name)`; `door` is the short door number of
    a dwelling as people say it ("2-1-1501"); `full_name` is written out from the root, and
    `full_key` its match key: both are rewritten by `actions.rename_place` for all below.
    `own_grid` is an assignment made at this place; `grid` is the resolved one (own, or the nearest
    ancestor's), stored for speed; `gridwell recompute grids` recomputes it.
    Merging sets `merged_into`; facts stay where they are and reads resolve to the survivor.
    Personal data: none by itself; a dwelling's address with a household is. Kept while the community is.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    ref = models.UUIDField(default=ids.new_ref)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in PlaceKind])
    parent = CommunityForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, default="")
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    full_name = models.CharField(max_length=200)
    full_key = models.CharField(max_length=200)
    door = models.CharField(max_length=40, default="", blank=True)
    position = models.PositiveIntegerField(default=0)  # natural order among siblings
    floor = models.SmallIntegerField(null=True)
    is_vacant = models.BooleanField(default=False)
    site_kind = models.CharField(max_length=20, default="", blank=True)
    own_grid = CommunityForeignKey(Grid, models.PROTECT, null=True, related_name="+")
    grid = CommunityForeignKey(Grid, models.PROTECT, null=True, related_name="places")
    # Denormalised ancestors, so that lists by building need no walk up the tree.
    building = CommunityForeignKey("self", models.PROTECT, null=True, related_name="+")
    unit = CommunityForeignKey("self", models.PROTECT, null=True, related_name="+")
    # Indexed where it is set only (`Meta`): nearly no row is merged, and without statistics SQLite
    # would look for the others, "not merged", by an index of it: among those of all communities.
    merged_into = CommunityForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "parent", "kind", "key"],
                condition=models.Q(merged_into=None, ended_at=None, parent__isnull=False),
                name="place_once_under_parent",
            ),
            models.UniqueConstraint(
                fields=["community", "kind", "key"],
                condition=models.Q(merged_into=None, ended_at=None, parent=None),
                name="place_once_at_root",
            ),
            models.UniqueConstraint(fields=["community", "ref"], name="place_ref_once"),
        ]
        indexes = [
            models.Index(fields=["community", "path"], name="place_path"),
            models.Index(fields=["community", "kind", "full_key"], name="place_full_key"),
            models.Index(fields=["kind", "full_key"], name="place_full_key_anywhere"),
            models.Index(fields=["community", "grid"], name="place_grid"),
            models.Index(fields=["community", "building"], name="place_building"),
            models.Index(fields=["community", "door"], name="place_door"),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="place_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class PlaceAlias(models.Model):
    """Another name of a place (别名): a former name, or what a notice once called it.

    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    place = CommunityForeignKey(Place, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    source = models.CharField(max_length=60, default="", blank=True)  # "notice:178", "by hand"
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "key", "place"], name="alias_once")
        ]
        indexes = [models.Index(fields=["key"], name="alias_key")]

    def __str__(self) -> str:
        return self.name


class PlaceMerge(models.Model):
    """That two entries of one place were made one (合并), and what it takes to undo it.

    `moved` holds, by place id, what stood there before: parent, building, unit, path, grids.
    Personal data: none.
    """

    community = models.ForeignKey(Area, models.PROTECT)
    kept = CommunityForeignKey(Place, models.PROTECT, related_name="merges")
    gone = CommunityForeignKey(Place, models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    merged_by = models.BigIntegerField(null=True)
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["community", "gone"], name="place_merge_gone")]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"
