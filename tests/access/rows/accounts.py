"""Who gets what: sign-in, users, posts, reasons, the audit trail."""

from gridwell.accounts import actions
from gridwell.accounts.models import Post, ReserveCandidate, StandIn, User
from gridwell.accounts.tests.make import make_post
from gridwell.core import clock
from gridwell.places.tests.make import make_area
from tests.access.samples import COMMUNITY, DISTRICT, EVERYBODY, ROW, Cast


def a_user(cast: Cast) -> int:
    found = User.objects.filter(username="sample").first()
    if found is None:
        found, _ = actions.create_user(
            actor=cast.officer, username="sample", name="样", area=make_area(), now=clock.now()
        )
    return found.pk


def an_absence(cast: Cast) -> int:
    return actions.record_absence(
        actor=cast.officer,
        user=User.objects.get(pk=a_user(cast)),
        reason="leave",
        starts_at=clock.now(),
        now=clock.now(),
    ).pk


def a_post(cast: Cast) -> int:
    found = Post.objects.filter(code="sample").first()
    return (found or make_post(holder=None, code="sample")).pk


def a_reserve(cast: Cast) -> int:
    found = ReserveCandidate.objects.filter(name="候补").first()
    return (
        found
        or actions.add_reserve(actor=cast.officer, area=make_area(), name="候补", now=clock.now())
    ).pk


def a_stand_in(cast: Cast) -> int:
    """Return a stand-in of the grid worker for nobody's post in the community."""
    post = Post.objects.get(pk=a_post(cast))
    found, _ = StandIn.objects.get_or_create(
        post=post, user_id=cast.grid_worker.user_id, defaults={"starts_at": clock.now()}
    )
    return found.pk


USER, POST = {"user": a_user}, {"post": a_post}
DESK = {"officer": 200, "grid_worker": 404, "district": 200, "admin": 200}
DONE = {"officer": 302, "grid_worker": 404, "district": 302, "admin": 302}

ROWS = [
    # Sign-in: open to all, and those who are in already are led on.
    EVERYBODY("account_login", to=302, anonymous=200),
    EVERYBODY("account_logout", anonymous="account_login"),
    EVERYBODY("account_inactive", anonymous=200),
    EVERYBODY("account_signup", anonymous=200),
    EVERYBODY("account_reset_password", anonymous=200),
    EVERYBODY("account_reauthenticate"),
    EVERYBODY("account_change_password"),
    EVERYBODY("switch_user", to="account_login", data={}),
    EVERYBODY("forget_names", to="account_login", anonymous="account_login", data={}),
    EVERYBODY("idle_over", to=302),
    EVERYBODY("my_account"),
    EVERYBODY("mfa_index"),
    EVERYBODY("mfa_authenticate", to="home"),
    EVERYBODY("mfa_reauthenticate", to=302),
    EVERYBODY("mfa_activate_totp", to="account_reauthenticate"),
    EVERYBODY("mfa_deactivate_totp", to=404),
    EVERYBODY("mfa_view_recovery_codes", to=404),
    EVERYBODY("mfa_generate_recovery_codes", to="account_reauthenticate"),
    EVERYBODY("mfa_download_recovery_codes", to=404),
    # Users and posts: those who manage posts, inside their range. Strangers manage their own desk.
    ROW("user_list", **DESK, stranger=200),
    ROW("user_new", **DESK, stranger=200),
    ROW("user_file", USER, **DESK),
    ROW("user_edit", USER, **DESK),
    ROW("user_reset", USER, **DESK),
    ROW("user_lock", USER, **DESK),
    ROW("user_unlock", USER, officer=409, grid_worker=404, district=409, admin=409, data={}),
    ROW("user_end", USER, **DESK),
    ROW("user_absence", USER, **DESK),
    ROW("user_home", USER, **DESK),
    ROW("user_back", {"user": a_user, "absence": an_absence}, **DONE, data={}),
    ROW("post_list", **DESK, stranger=200),
    ROW("post_where", **DESK, stranger=200),
    ROW("post_new", {"at": COMMUNITY}, **DESK),
    ROW(
        "post_new",
        {"at": DISTRICT},
        officer=404,
        grid_worker=404,
        district=200,
        subdistrict=404,
        admin=200,
        case="above",
    ),
    ROW("post_file", POST, **DESK),
    ROW("post_holder", POST, **DESK),
    ROW("post_deputies", POST, **DESK),
    ROW("post_grids", POST, **DESK),
    ROW("post_rehearsal", POST, **DESK),
    ROW("post_end", POST, **DESK),
    ROW("reserve_list", **DESK, stranger=200),
    ROW("reserve_new", **DESK, stranger=200),
    ROW("reserve_end", {"candidate": a_reserve}, **DONE, data={}),
    ROW("hand_back", {"stand_in": a_stand_in}, **{**DESK, "grid_worker": 200}),
    # Reasons and the trail.
    ROW("look_reason", area=COMMUNITY, officer=200, grid_worker=200, district=200),
    ROW("look_end", area=COMMUNITY, officer=302, grid_worker=302, district=302, data={}),
    ROW("audit_log", area=COMMUNITY, officer=200, grid_worker=404, district=200),
    ROW(
        "audit_log",
        area=DISTRICT,
        officer=404,
        grid_worker=404,
        subdistrict=404,
        district=200,
        case="above",
    ),
    ROW("audit_export", area=COMMUNITY, officer=200, grid_worker=404, district=200),
    ROW("audit_installation", officer=404, grid_worker=404, district=404, admin=200),
]
