"""What the documents point at is there, and commands they tell people to type exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "clients/python/README.md",
        ROOT / "sandbox/README.md",
    ]
)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_to_a_file(document):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text())
    relative = [link for link in links if "://" not in link]

    assert [link for link in relative if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_exists(document):
    named = re.findall(r"(?:manage\.py|\./run manage) ([a-z_]+)", document.read_text())

    assert [name for name in named if name not in get_commands()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_path_named_in_code_type_exists(document):
    words = re.findall(r"`(\w[\w./-]*/[\w./-]+\.\w+)`", document.read_text())
    ours = [word for word in words if (ROOT / word.split("/")[0]).exists()]

    assert [word for word in ours if not (ROOT / word).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.pt-br.md"])
def test_the_readme_begins_with_the_two_commands(name):
    words = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()[2:5]]

    assert words == ["```", "./run", "./run test"]
    assert (ROOT / "run").exists()
