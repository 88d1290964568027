"""Words for refusals of the installation itself."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "core.backup_exists": _("There is already a file %(path)s; a backup never replaces one."),
    "core.backup_broken": _("%(path)s is not a whole backup; nothing was changed."),
    "core.backup_changed": _(
        "The backup %(path)s was changed after it was made: %(member)s does not fit its hash. "
        "Nothing was restored."
    ),
    "core.backup_newer": _("This backup was made by another version (%(version)s)."),
    "core.restore_over": _(
        "There is an installation in %(path)s already. With --force it is set aside and the backup "
        "takes its place."
    ),
    "core.restore_kind": _(
        "The backup holds a %(kind)s database, this installation uses %(ours)s."
    ),
    "core.restore_keys": _(
        "The backup needs other keys than those in %(path)s: personal data could not be read. Put "
        "back the key file of that installation first."
    ),
    "core.database_in_use": _(
        "Somebody is working on %(path)s; stop the server and the worker first."
    ),
    "core.tool_missing": _("The program %(tool)s of PostgreSQL is not installed here."),
    "core.tool_failed": _("%(tool)s of PostgreSQL failed: %(reason)s"),
    "core.list_too_long": _(
        "The list has %(rows)s rows; a file holds %(most)s at most. Narrow the list by its filter "
        "first, then take the parts."
    ),
}
