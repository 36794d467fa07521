"""Make an account from the command line."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Role
from accounts.services import people
from core.errors import ExpectedError


class Command(BaseCommand):
    help = "Makes an account. The password is read from standard input, or asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", choices=Role.values, default=Role.USER)
        parser.add_argument("--full-name", default="")
        parser.add_argument("--password-stdin", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = people.create_user(
                by=None,
                username=options["username"],
                email=options["email"],
                password=_password(from_stdin=options["password_stdin"]),
                role=options["role"],
                full_name=options["full_name"],
            )
        except ExpectedError as failure:
            raise CommandError(in_one_line(failure)) from failure
        self.stdout.write(f"{user.username} ({user.get_role_display()})")


def in_one_line(failure: ExpectedError) -> str:
    reasons = [f"{field}: {' '.join(map(str, told))}" for field, told in failure.errors.items()]
    return " ".join([str(failure), *reasons])


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError("Give the password on standard input, with --password-stdin.")
    password = getpass.getpass()
    if getpass.getpass("Again: ") != password:
        raise CommandError("The passwords differ.")
    return password
