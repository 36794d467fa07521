"""Make an API key from the command line; the key alone goes to standard output."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.management.commands.create_user import in_one_line
from accounts.models import User
from accounts.scopes import SCOPES
from accounts.services import api_keys
from core.errors import ExpectedError


class Command(BaseCommand):
    help = "Makes an API key and prints it, this once. Scopes: " + ", ".join(SCOPES)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True, help="whose key it is")
        parser.add_argument("--name", required=True, help="what it is for")
        parser.add_argument("--scopes", required=True, help="comma-separated")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username__iexact=options["username"], is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no active user {options['username']}.")
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        try:
            _key, secret = api_keys.create_api_key(
                by=None, owner=owner, name=options["name"], scopes=scopes
            )
        except ExpectedError as failure:
            raise CommandError(in_one_line(failure)) from failure
        self.stdout.write(secret)
