"""Acts on users and posts; each checks the actor's range, writes once and leaves an audit row."""

from gridwell.accounts.actions.absences import end_absence, record_absence
from gridwell.accounts.actions.posts import (
    change_holder,
    create_post,
    end_post,
    set_deputies,
    set_scope,
)
from gridwell.accounts.actions.users import (
    change_own_password,
    change_user,
    create_user,
    end_user,
    lock_user,
    new_password,
    note_failed_sign_in,
    note_look_granted,
    note_second_step,
    note_sign_in,
    note_sign_out,
    note_trail_exported,
    reset_password,
    set_language,
    unlock_user,
)

__all__ = [
    "change_holder",
    "change_own_password",
    "change_user",
    "create_post",
    "create_user",
    "end_absence",
    "end_post",
    "end_user",
    "lock_user",
    "new_password",
    "note_failed_sign_in",
    "note_look_granted",
    "note_second_step",
    "note_sign_in",
    "note_sign_out",
    "note_trail_exported",
    "record_absence",
    "reset_password",
    "set_deputies",
    "set_language",
    "set_scope",
    "unlock_user",
]
