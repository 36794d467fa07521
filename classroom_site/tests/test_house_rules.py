"""What a reviewer should not have to remember: rules of the house that a machine can check."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from core.jobs.states import MOVES
from core.models import Status

ROOT = Path(settings.BASE_DIR)
APPS = sorted(path.parent for path in ROOT.glob("*/apps.py"))
CODE = [
    path for app in APPS for path in sorted(app.rglob("*.py")) if "migrations" not in path.parts
]
PRODUCT = [path for path in CODE if "tests" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
INTERFACES = re.compile(
    r"/(views|api)/|/(views|admin|forms|tasks|consumers|serializers|urls|hub)\.py$"
)

# Whoever is not signed in gets an answer here; everywhere else he is sent away.
OPEN = {
    "/accounts/confirm-email/x/",
    "/accounts/mail-sent/",
    "/accounts/inactive/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/reset/key/x-x/",
    "/api/docs",
    "/api/redoc",
    "/api/schema",
    "/api/v1/auth/google/login",
    "/health/live",
    "/health/ready",
    "/manifest.webmanifest",
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def strings_in(path: Path) -> Iterator[str]:
    return (
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_interfaces_load_rows_through_selectors_alone():
    guilty = [
        named(path)
        for path in PRODUCT
        if INTERFACES.search(named(path))
        if re.search(r"\.objects\b|_default_manager", path.read_text())
    ]

    assert guilty == []


def test_there_is_no_drawer_for_odds_and_ends():
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}

    assert [named(path) for path in CODE if {path.stem, path.parent.name} & drawers] == []


def test_no_file_is_too_long_to_be_read_at_once():
    long = [
        f"{named(path)}: {lines}"
        for path in (*CODE, *TEMPLATES, *SCRIPTS)
        if (lines := path.read_text().count("\n")) > 400
    ]

    assert long == []


def test_every_module_says_what_it_is_for():
    silent = [
        named(path)
        for path in CODE
        if path.name not in {"__init__.py", "apps.py"} and not ast.get_docstring(tree(path))
    ]

    assert silent == []


def test_nothing_prints():
    guilty = [
        named(path)
        for path in PRODUCT
        if any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls(path))
    ]

    assert guilty == []


def test_nothing_works_by_signal():
    guilty = [
        named(path)
        for path in PRODUCT
        if re.search(r"@receiver\b|\b(pre|post)_(save|delete)\b", path.read_text())
    ]

    assert guilty == []


def test_no_model_has_an_order_of_its_own():
    guilty = [
        named(path)
        for path in PRODUCT
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and node.name == "Meta"
        if "ordering"
        in {getattr(t, "id", "") for s in node.body for t in getattr(s, "targets", [])}
    ]

    assert guilty == []


def test_every_job_names_a_task_that_exists():
    for path in settings.JOB_KINDS:
        assert callable(import_string(path).rows), path
    for module in settings.JOB_PRELOAD:
        assert import_string(f"{module}.run")


def test_every_dotted_path_of_ours_leads_somewhere():
    ours = "|".join(app.name for app in APPS)
    dotted = re.compile(rf"^({ours})(\.[a-z_]\w*)+\.\w+$")
    for path in PRODUCT:
        for text in strings_in(path):
            if dotted.match(text):
                assert resolve_name(text) is not None, f"{named(path)}: {text}"


def test_every_migration_has_a_name():
    unnamed = [
        named(path)
        for app in APPS
        for path in (app / "migrations").glob("0*.py")
        if re.match(r"\d{4}_auto|\d{4}_\w+_and_more", path.name)
    ]

    assert unnamed == []


def test_every_state_says_where_it_may_go_and_can_be_reached():
    assert set(MOVES) == set(Status)
    reached = {target for targets in MOVES.values() for target in targets}

    assert reached == set(Status)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_a_template_holds_no_style_or_script_of_its_own(template):
    text = template.read_text()

    assert not re.search(r"<style\b|\sstyle=", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+=|javascript:", text)
    assert not re.search(r"""(src|href|action)=["'](https?:)?//""", text)


def addresses(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    """An example of every address, with something plausible in the place of its parameters."""
    for entry in resolver.url_patterns:
        path = prefix + example_of(entry)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, path)
        else:
            yield path


def example_of(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    text = re.sub(r"\(\?P<\w+>[^)]*\)", "x", text)
    text = re.sub(r"\(\?:[^)]*\)\?", "", text)
    text = re.sub(r"<int:\w+>", "1", text)
    text = re.sub(r"<(?:\w+:)?\w+>", "x", text)
    return text.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")


ADDRESSES = sorted(set(addresses(get_resolver())))


def test_the_walk_finds_the_addresses():
    assert {"/", "/downloads", "/library/1/file", "/admin/downloads/download/"} <= set(ADDRESSES)
    assert set(ADDRESSES) >= OPEN


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_gets_in_without_signing_in(anonymous, settings, address):
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = "x"
    answer = anonymous.get(address)

    if address in OPEN:
        assert answer.status_code == 200
    elif address == "/health":
        assert answer.json().keys() == {"status", "checked_at"}  # no word of what is wrong
    else:
        assert answer.status_code in {302, 401, 403, 404, 405}
        assert not answer.headers.get("Location", "/").startswith("//")
