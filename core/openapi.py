# mypy: disallow-untyped-calls=false
"""The OpenAPI document says what the views declare: scopes, input, and every refusal."""

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any, is_typeddict

from drf_spectacular import openapi
from drf_spectacular.plumbing import ResolvedComponent, force_instance
from drf_spectacular.utils import OpenApiResponse
from rest_framework.permissions import AllowAny

from core import problems, shapes
from core.api import ApiView
from core.fields import Input, Text

Schema = dict[str, Any]

_REFUSED = {
    400: "The input is wrong; `errors` says which field.",
    401: "No API key or session, or one that opens nothing.",
    403: "The key lacks the scope, or the browser's CSRF token is missing.",
    404: "There is no such thing, or it is not yours.",
    406: "Only JSON is spoken here.",
    413: "The body is larger than 1 MB.",
    415: "The body is not JSON.",
    429: "Too many requests; `Retry-After` says in how many seconds to go on.",
    503: "Something needed is away for now; `Retry-After` says when to ask again.",
}
_RETRY_AFTER: Schema = {
    "description": "Seconds.",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_EXAMPLE_CODES = {403: "insufficient_scope"}


def _limits_of_text(field: Text, schema: Schema) -> Schema:
    """What every text has to be, and the library does not say: not blank, and without NUL."""
    limits: Schema = {}
    if "pattern" not in schema and "not" not in schema:
        limits["not"] = {"pattern": r"\x00"}
        if field.trim_whitespace and not field.allow_blank:
            limits["pattern"] = r"\S"
    return limits


class AutoSchema(openapi.AutoSchema):
    """Reads `scopes`, `queries` and `refusals` of an ApiView, so that nothing is said twice."""

    view: ApiView  # type: ignore[override] # every view of ours is one

    def get_summary(self) -> str:
        """The first sentence of what the method says of itself."""
        return str(super().get_description()).partition(". ")[0]

    def get_description(self) -> str:  # type: ignore[override] # as the library has it
        """Its other sentences, and the scope it needs."""
        scope = self.view.scopes.get(self.method)
        needs = f"Scope: `{scope}`." if scope else self._open_to()
        return f"{str(super().get_description()).partition('. ')[2]}\n\n{needs}"

    def _open_to(self) -> str:
        return "For everybody signed in." if self._asks_who() else "Open to everybody."

    def _asks_who(self) -> bool:
        return not any(isinstance(one, AllowAny) for one in self.view.get_permissions())

    def get_auth(self) -> list[Schema]:
        """Each way of signing in, as the authenticators describe themselves."""
        scope = self.view.scopes.get(self.method)
        ways: list[Schema] = []
        way: Any
        for way in self.view.get_authenticators():
            if way.scheme["type"] == "http" and not scope:
                continue  # a key needs one
            name, kind = way.scheme_name, ResolvedComponent.SECURITY_SCHEMA
            component = ResolvedComponent(name, kind, way.scheme, type(way))
            self.registry.register_on_missing(component)
            ways.append({name: [scope] if scope and way.scheme["type"] == "http" else []})
        return ways

    def get_override_parameters(self) -> list[Any]:
        query = self.view.queries.get(self.method)
        return [*super().get_override_parameters(), *([query] if query else [])]

    @property
    def _proves_itself(self) -> bool:
        return self.method == "DELETE" and self.view.body_of_delete is not None

    def _get_request_body(self, direction: Any = "request") -> Any:
        """The library knows of none for DELETE; one of ours asks for a proof."""
        if not self._proves_itself:
            return super()._get_request_body(direction)
        self.method = "POST"
        try:
            return super()._get_request_body(direction)
        finally:
            self.method = "DELETE"

    def _map_serializer(
        self, serializer: Any, direction: Any, bypass_extensions: bool = False
    ) -> Schema:
        schema: Schema = super()._map_serializer(serializer, direction, bypass_extensions)
        if isinstance(force_instance(serializer), Input):
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> Schema:
        schema: Schema = super()._map_serializer_field(field, direction, bypass_extensions)
        schema.pop("x-spec-enum-id", None)  # a note of the library to itself
        if isinstance(field, Text):
            schema |= _limits_of_text(field, schema)
        return schema

    def _get_response_for_code(
        self,
        serializer: Any,
        status_code: str,
        media_types: Any = None,
        direction: Any = "response",
    ) -> Schema:
        answer = copy(serializer)
        if is_typeddict(answer):
            answer = self._refer(answer)
        elif isinstance(answer, OpenApiResponse) and is_typeddict(answer.response):
            answer.response = self._refer(answer.response)
        described: Schema = super()._get_response_for_code(
            answer, status_code, media_types, direction
        )
        return described

    def _refer(self, shape: type) -> Schema:
        """The reference to a TypedDict, which is described among the components once."""
        name = shape.__name__
        component = ResolvedComponent(name, ResolvedComponent.SCHEMA, object=shape)
        if component not in self.registry:
            self.registry.register(component)
            self.registry[component].schema = shapes.schema_of(shape, self._refer)
        return {"$ref": f"#/components/schemas/{name}"}

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        for status, told in self._refused():
            bodies[str(status)] = self._problem(status, told)
        return bodies

    def _refused(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Each status with its codes and what they mean."""
        statuses = {400, 503}
        if self.path.startswith("/api/"):
            statuses |= {403, 429}
        if self._asks_who():
            statuses.add(401)
        if "{" in self.path:
            statuses.add(404)
        if self.method in {"POST", "PUT", "PATCH"} or self._proves_itself:
            statuses |= {413, 415}
        if self.map_renderers("media_type") == ["application/json"]:
            statuses.add(406)
        own = self.view.refusals.get(self.method, {})
        for status in sorted(statuses | own.keys()):
            code = _EXAMPLE_CODES.get(status) or problems.CODES.get(status, "invalid")
            general = {code: _REFUSED[status]} if status in statuses else {}
            yield status, {**general, **own.get(status, {})}

    def _problem(self, status: int, told: Mapping[str, str]) -> Schema:
        examples = {
            code: {"value": {**problems.body(status, code, text), "request_id": "6f1c2a9e"}}
            for code, text in told.items()
        }
        headers = {"headers": {"Retry-After": _RETRY_AFTER}} if status in {429, 503} else {}
        return {
            "description": " ".join(told.values()),
            **headers,
            "content": {
                problems.CONTENT_TYPE: {
                    "schema": self._refer(problems.Problem),
                    "examples": examples,
                }
            },
        }
