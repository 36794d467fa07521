"""The presets of the API."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core.api import ApiView
from downloads.api import option_examples as examples
from downloads.api.option_answers import PresetList, preset_answer
from downloads.selectors import presets


class PresetsView(ApiView):
    knows_tenants = True
    scopes = {"GET": "downloads:read"}

    @extend_schema(
        operation_id="list_presets",
        responses=OpenApiResponse(PresetList, "In the order of staff.", [examples.PRESETS]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List presets. Name one as `preset_id` or `preset` when you download."""
        answers = [preset_answer(preset) for preset in presets.offered()]
        return Response(PresetList(results=answers, total=len(answers)))
