"""The library API: list, read, fetch and delete videos."""

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core.api import ApiView, Page
from core.negotiation import WhateverIsAccepted
from library import delivery, selectors
from library.api import examples
from library.api.answers import VideoAnswer, VideoList, video_answer
from library.api.inputs import ListQuery, VideoChanges
from library.services import keeping, removing


class VideosView(ApiView):
    knows_tenants = True
    scopes = {"GET": "library:read"}
    queries = {"GET": ListQuery}

    @extend_schema(
        operation_id="list_videos",
        responses=OpenApiResponse(VideoList, "A page of videos.", [examples.PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List videos. Your own, newest first; staff see everybody's."""
        limit, offset = self.query.pop("limit"), self.query.pop("offset")
        found = selectors.list_videos(user=request.user, **self.query)
        page = Page(found.prefetch_related("subtitles"), limit=limit, offset=offset)
        return Response(page.answer([video_answer(video) for video in page.results]))


class VideoView(ApiView):
    knows_tenants = True
    scopes = {"GET": "library:read", "PATCH": "library:write", "DELETE": "library:write"}

    @extend_schema(
        operation_id="get_video",
        responses=OpenApiResponse(VideoAnswer, "The video.", [examples.VIDEO]),
    )
    def get(self, request: ApiRequest, video_id: int) -> Response:
        """Read a video. What is known of it, and where its files are."""
        return Response(video_answer(selectors.get_video(user=request.user, video_id=video_id)))

    @extend_schema(
        operation_id="update_video",
        request=VideoChanges,
        examples=[examples.CHANGE],
        responses=OpenApiResponse(VideoAnswer, "The video.", [examples.VIDEO]),
    )
    def patch(self, request: ApiRequest, video_id: int) -> Response:
        """Change a video. Its title, and whether it is kept whatever rules say."""
        asked = self.read(VideoChanges)
        video = selectors.get_video(user=request.user, video_id=video_id)
        keeping.change_video(by=request.user, video=video, **asked)
        return Response(video_answer(selectors.get_video(user=request.user, video_id=video_id)))

    @extend_schema(
        operation_id="delete_video",
        responses={204: OpenApiResponse(description="It is gone, with its files.")},
    )
    def delete(self, request: ApiRequest, video_id: int) -> Response:
        """Delete a video. Its bytes go too, unless another person's video has the same."""
        video = selectors.get_video(user=request.user, video_id=video_id)
        removing.remove_video(by=request.user, video=video)
        return Response(status=status.HTTP_204_NO_CONTENT)


class VideoFileView(ApiView):
    knows_tenants = True
    scopes = {"GET": "library:read"}
    refusals = {
        "GET": {
            412: {"precondition_failed": "It is not the file `If-Match` names."},
            416: {"range_not_satisfiable": "The file has no such bytes."},
        }
    }
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        operation_id="get_video_file",
        parameters=[
            OpenApiParameter(
                "Range",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="One range, such as `bytes=0-1023`. With `If-Range`, only of the "
                "file whose `ETag` it names.",
            )
        ],
        responses={
            (200, "video/mp4"): OpenApiResponse(OpenApiTypes.BINARY, "The whole file."),
            (206, "video/mp4"): OpenApiResponse(OpenApiTypes.BINARY, "The range asked for."),
            304: OpenApiResponse(description="You have it: `If-None-Match` names its `ETag`."),
        },
    )
    def get(self, request: ApiRequest, video_id: int) -> HttpResponseBase:
        """Fetch a video's file. With a name made of its title; `ETag` is its SHA-256."""
        video = selectors.get_video(user=request.user, video_id=video_id)
        if request.method == "GET":
            keeping.note_fetched(by=request.user, video=video)
        name = f"{video.title}.{video.container}"
        return delivery.file_response(request, video.file, filename=name, attachment=True)
