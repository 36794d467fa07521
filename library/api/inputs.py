"""What may be asked of videos: query parameters."""

from core.api import PageQuery
from core.fields import Words


class ListQuery(PageQuery):
    search = Words(help_text="Words in title, uploader or description, accents ignored.")
