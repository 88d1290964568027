"""Addresses of accounts: sign-in and what belongs to it, users, posts, reasons, the audit trail.

Only those pages of allauth that this house has: no sign-up, no e-mail.
"""

from allauth.account import views as allauth_views
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from gridwell.accounts.views import entrance, me, posts, reserves, trail, users

urlpatterns: list[URLPattern | URLResolver] = [
    # Sign-in. The names are those that allauth reverses.
    path("account/login/", entrance.sign_in, name="account_login"),
    path("account/logout/", entrance.sign_out, name="account_logout"),
    path("account/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("account/help/", entrance.sign_in_help, name="account_signup"),
    path("account/password/help/", entrance.sign_in_help, name="account_reset_password"),
    path("account/reauthenticate/", entrance.reauthenticate, name="account_reauthenticate"),
    path("account/password/", entrance.password_change, name="account_change_password"),
    path("account/switch/", entrance.switch_user, name="switch_user"),
    path("account/forget/", entrance.forget_names, name="forget_names"),
    path("account/idle/", entrance.idle_over, name="idle_over"),
    path("account/2fa/totp/activate/", me.activate_totp, name="mfa_activate_totp"),
    path("account/2fa/totp/deactivate/", me.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/", me.my_account, name="my_account"),
    # Users.
    path("accounts/users/", users.user_list, name="user_list"),
    path("accounts/users/new/", users.user_new, name="user_new"),
    path("accounts/users/<int:user>/", users.user_file, name="user_file"),
    path("accounts/users/<int:user>/edit/", users.user_edit, name="user_edit"),
    path("accounts/users/<int:user>/reset/", users.user_reset, name="user_reset"),
    path("accounts/users/<int:user>/lock/", users.user_lock, name="user_lock"),
    path("accounts/users/<int:user>/unlock/", users.user_unlock, name="user_unlock"),
    path("accounts/users/<int:user>/end/", users.user_end, name="user_end"),
    path("accounts/users/<int:user>/absence/", users.user_absence, name="user_absence"),
    path("accounts/users/<int:user>/back/<int:absence>/", users.user_back, name="user_back"),
    # Posts.
    path("accounts/posts/", posts.post_list, name="post_list"),
    path("accounts/posts/new/", posts.post_where, name="post_where"),
    path("accounts/posts/new/<int:at>/", posts.post_new, name="post_new"),
    path("accounts/posts/<int:post>/", posts.post_file, name="post_file"),
    path("accounts/posts/<int:post>/holder/", posts.post_holder, name="post_holder"),
    path("accounts/posts/<int:post>/deputies/", posts.post_deputies, name="post_deputies"),
    path("accounts/posts/<int:post>/grids/", posts.post_grids, name="post_grids"),
    path("accounts/posts/<int:post>/rehearsal/", posts.post_rehearsal, name="post_rehearsal"),
    path("accounts/posts/<int:post>/end/", posts.post_end, name="post_end"),
    path("accounts/reserves/", reserves.reserve_list, name="reserve_list"),
    path("accounts/reserves/new/", reserves.reserve_new, name="reserve_new"),
    path("accounts/reserves/<int:candidate>/end/", reserves.reserve_end, name="reserve_end"),
    path("account/hand-back/<int:stand_in>/", reserves.hand_back, name="hand_back"),
    # Reasons and the trail.
    path("<area:area>/reason/", me.look_reason, name="look_reason"),
    path("<area:area>/reason/end/", me.look_end, name="look_end"),
    path("<area:area>/audit/", trail.audit_log, name="audit_log"),
    path("<area:area>/audit.csv", trail.audit_export, name="audit_export"),
    path("audit/", trail.audit_installation, name="audit_installation"),
]
