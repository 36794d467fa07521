"""What people type to find a video."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    search = forms.CharField(label=_("Search"), max_length=200, required=False)

    def words(self) -> str:
        return self.cleaned_data["search"] if self.is_valid() else ""
