"""What people type to find a video."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    search = forms.CharField(label=_("Search"), max_length=200, required=False)

    going = forms.BooleanField(label=_("Going soon"), required=False)

    def words(self) -> str:
        return self.cleaned_data["search"] if self.is_valid() else ""

    def only_going(self) -> bool:
        """Only what will be removed by itself."""
        return bool(self.cleaned_data["going"]) if self.is_valid() else False
