"""Commands that touch the whole installation and are written into its chain."""

from dataclasses import dataclass
from pathlib import Path

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say
from gridwell.core.cli import noop as _


@dataclass(frozen=True)
class _Operator:
    """Whoever has the shell of the server: no account of ours, so no id and no post."""

    user_id: int | None = None

    def post_code_at(self, area: int) -> str:
        return ""


def _verify_arguments(parser: Parser) -> None:
    parser.add_argument("--community", type=int, help=_("only this 12-digit community code"))
    parser.add_argument("--json", action="store_true", help=_("one JSON object on stdout"))


def _verify(args: Namespace, terminal: Terminal) -> int:
    from dataclasses import asdict

    from gridwell.audit import queries
    from gridwell.audit.labels import FINDINGS
    from gridwell.audit.models import AuditEntry

    with terminal.progress(say("Reading the audit trail")):
        findings = queries.verify(args.community)
        rows = AuditEntry.objects.all()
        if args.community is not None:
            rows = rows.filter(community=args.community)
        count = rows.count()
    if args.json:
        terminal.json({"entries": count, "findings": [asdict(finding) for finding in findings]})
        return 1 if findings else 0
    for finding in findings:
        where = f"{finding.sequence}–{finding.until}" if finding.until else str(finding.sequence)
        terminal.result(
            f"{finding.community}\t{where}\t{finding.code}\t"
            f"{FINDINGS[finding.code]} {finding.detail}".rstrip()
        )
    if findings:
        raise Refused(
            say("The audit trail is not whole: %(count)s faults.") % {"count": len(findings)}
        )
    terminal.result(say("The audit trail is whole: %(count)s entries.") % {"count": count})
    return 0


def _backup_arguments(parser: Parser) -> None:
    parser.add_argument(
        "file", type=Path, nargs="?", help=_("file to write (gridwell-DAY-TIME.tar.gz)")
    )


def _backup(args: Namespace, terminal: Terminal) -> None:
    from django.conf import settings

    from gridwell.audit import actions
    from gridwell.core import backup, clock

    now = clock.now()
    local = now.astimezone(clock.zone())
    target = args.file or Path(f"gridwell-{local:%Y%m%d-%H%M%S}.tar.gz")
    if target.exists():
        raise Refused(
            say("There is already a file %(path)s; a backup never replaces one.") % {"path": target}
        )
    # First the entry and the signed ends, so that the copy proves its own trail.
    actions.record("audit.backup_made", actor=_Operator(), community=0, at=now)
    actions.write_heads(now)
    with terminal.progress(say("Copying the database and the uploads")) as step:
        kept = backup.backup(target.absolute(), now=now, report=step)
    terminal.result(str(kept.path))
    terminal.note(
        say("%(files)s files, %(size)s bytes.") % {"files": kept.files, "size": kept.size}
    )
    terminal.note(
        say(
            "The keys are not in it. They are in %(path)s: keep a copy of that file apart from the "
            "backups; without it nobody can read the personal data."
        )
        % {"path": settings.GRIDWELL_KEY_FILE}
    )


def _no_arguments(parser: Parser) -> None:
    """The command takes none."""


def _rotate(args: Namespace, terminal: Terminal) -> None:
    from gridwell.audit import actions
    from gridwell.core import clock
    from gridwell.core.rotation import rotate_keys

    with terminal.progress(say("Rewriting personal values under a new key")) as step:
        rotation = rotate_keys(step)
    actions.record(
        "audit.keys_rotated",
        actor=_Operator(),
        community=0,
        at=clock.now(),
        key=rotation.key,
        values=rotation.values,
    )
    terminal.result(
        say("%(values)s values are under key %(key)s now.")
        % {"values": rotation.values, "key": rotation.key}
    )
    terminal.note(
        say("Backups made before today need the old keys: %(path)s. Keep it as long as them.")
        % {"path": rotation.retired}
    )


COMMANDS = [
    Command(
        "backup",
        _("Write everything but the keys into one file"),
        _backup_arguments,
        _backup,
        order=30,
    ),
    Command(
        "verify-audit",
        _("Find changed, missing or cut-off rows of the audit trail"),
        _verify_arguments,
        _verify,
        order=32,
    ),
    Command(
        "rotate-keys",
        _("Rewrite all personal values under a new key"),
        _no_arguments,
        _rotate,
        description=_(
            "May run while people work, and goes on where it stopped when it was interrupted."
        ),
        order=33,
    ),
]
