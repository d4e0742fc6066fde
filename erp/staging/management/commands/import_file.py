"""``manage.py import_file``: the staging page for the night. It names the same bad lines and loads all or nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from erp.exceptions import Refused
from erp.register.models import User
from erp.staging import operations, running
from erp.staging.kinds import kinds
from erp.staging.reading.files import check_size
from erp.staging.reading.values import Habits
from erp.staging.uploads import plain_file_name, read

REFUSED, BAD_LINES, LOADED_BEFORE = 1, 3, 4
SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}


class Command(BaseCommand):
    help = (
        "Check a CSV or XLSX file and, with --confirm, load it. Exit codes: 0 good or loaded, 1 refused or not "
        "readable, 3 bad lines, 4 loaded before."
    )

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=sorted(kinds()))
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="the user name of who loads it")
        parser.add_argument("--confirm", action="store_true", help="load it if every line is good")
        parser.add_argument("--encoding", choices=["utf-8", "cp1252", "utf-16"], default="")
        parser.add_argument("--separator", choices=sorted(SEPARATORS), default="")
        parser.add_argument("--decimal", choices=[".", ","], default="", help="how the file writes decimals")
        parser.add_argument("--first", choices=["day", "month"], default="", help="what comes first in its dates")

    def handle(self, *args, **options):
        kind = kinds()[options["kind"]]
        by = self._user(options["by"], kind)
        try:
            staged = self._stage(kind, options, by=by)
            self._tell(staged)
            if options["confirm"]:
                loaded = running.load(staged, by=by, command="import_file")
                self.stdout.write(f"{loaded.file_name} is loaded: {loaded.message}.")
        except operations.LoadedBefore as refusal:
            raise CommandError(str(refusal), returncode=LOADED_BEFORE) from refusal
        except (operations.NotClean, operations.LineRefused) as refusal:
            raise CommandError(str(refusal), returncode=BAD_LINES) from refusal
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal

    def _user(self, name, kind):
        by = User.objects.filter(username=name, is_active=True).first()
        if by is None:
            raise CommandError(f"There is no active user {name}.", returncode=REFUSED)
        if not by.has_perm(kind.right):
            raise CommandError(f"{by} may not load {kind.title.lower()}.", returncode=REFUSED)
        return by

    def _stage(self, kind, options, *, by):
        data = self._bytes(options["file"])
        separator = SEPARATORS.get(options["separator"], "")
        return operations.stage(
            kind=kind.name,
            file_name=plain_file_name(options["file"].name),
            file=read(data, kind=kind, encoding=options["encoding"], separator=separator),
            size=len(data),
            said=Habits(decimal=options["decimal"], first=options["first"]),
            by=by,
            command="import_file",
        )

    def _bytes(self, path):
        try:
            check_size(path.stat().st_size)
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=REFUSED) from error

    def _tell(self, staged):
        effects = ", ".join(f"{effect['figure']} {effect['words']}" for effect in staged.effects)
        self.stdout.write(
            f"Import {staged.pk}: {staged.line_count} lines, {staged.bad_count} bad. Loading makes: {effects}."
        )
        for problem in staged.problems.order_by("line", "pk"):
            column = f", {problem.column}" if problem.column else ""
            read = f" “{problem.read}”:" if problem.read else ""
            warning = "warning: " if problem.is_warning else ""
            self.stdout.write(f"{warning}line {problem.line}{column}:{read} {problem.sentence}")
        if staged.bad_count:
            raise operations.NotClean(staged.bad_count)
