"""Why something of a course is left out of a batch, in words; errors speak for themselves."""

from django.utils.translation import gettext_lazy as _

from downloads.taxonomy import Explanation, explain

_OWN = {
    "already_held": Explanation(
        _("Your library has it already."), _("There is nothing to do."), retryable=False
    ),
    "duplicate": Explanation(
        _("The same video is further up in this course."),
        _("It is fetched once."),
        retryable=False,
    ),
    "invalid_url": Explanation(
        _("Its link is none that can be opened."),
        _("Ask its teacher to mend the link."),
        retryable=False,
    ),
}


def reason_words(code: str) -> Explanation:
    return _OWN.get(code) or explain(code)
