"""What newcomers read of the tables is what the tables say."""

from classroom_site.tests.permissions.write import DOCUMENT, document


def test_the_document_of_the_permissions_is_that_of_the_tables():
    assert DOCUMENT.read_text() == document(), (
        "Write it again: python -m classroom_site.tests.permissions.write"
    )
