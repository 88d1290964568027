"""Words for refusals of the installation itself."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

#: What Django itself says of a field. Named here so that the catalogue words it as ours: its own
#: Chinese says 你 and counts in another style.
DJANGO_SAYS = (
    _("This field is required."),
    _("Enter a valid date."),
    _("Enter a valid date/time."),
    _("Enter a whole number."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    _("No file was submitted. Check the encoding type on the form."),
    _("No file was submitted."),
    _("The submitted file is empty."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be too similar to your other personal information."),
    _("This password is too common."),
    _("The password is too similar to the %(verbose_name)s."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %(min_length)d character.",
        "This password is too short. It must contain at least %(min_length)d characters.",
        "min_length",
    ),
)

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
