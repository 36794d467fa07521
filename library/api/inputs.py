"""What may be asked of videos: query parameters."""

from rest_framework import serializers

from core.api import PageQuery


class ListQuery(PageQuery):
    search = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Words in title, uploader or description, accents ignored.",
    )
