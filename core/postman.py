"""A Postman collection (format 2.1) of the OpenAPI document: folders are tags."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

Json = dict[str, Any]

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_METHODS = ("get", "post", "put", "patch", "delete")
_MOST_EXAMPLES = 3
_JSON = "application/json"
_KEEP_TOKENS = [
    "if (pm.response.code === 200) {",
    "  const told = pm.response.json();",
    '  pm.collectionVariables.set("token", told.access_token);',
    '  pm.collectionVariables.set("refresh_token", told.refresh_token);',
    "}",
]


def collection(document: Mapping[str, Any]) -> Json:
    """The whole of it. Give `site` and `token` (an API key, or sign in) in its variables."""
    folders: dict[str, list[Json]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                operation = operations[method]
                folders[operation["tags"][0]].append(_item(method, path, operation))
    info = document["info"]
    return {
        "info": {
            "name": info["title"],
            "description": info["description"],
            "schema": _SCHEMA,
        },
        "auth": _bearer("token"),
        "variable": [
            {"key": "site", "value": "http://127.0.0.1:8001"},
            {"key": "token", "value": ""},
            {"key": "refresh_token", "value": ""},
        ],
        "item": [
            {
                "name": tag["name"],
                "description": tag["description"],
                "item": folders[tag["name"]],
            }
            for tag in document["tags"]
            if folders[tag["name"]]
        ],
    }


def _bearer(variable: str) -> Json:
    token = {"key": "token", "value": f"{{{{{variable}}}}}", "type": "string"}
    return {"type": "bearer", "bearer": [token]}


def _item(method: str, path: str, operation: Mapping[str, Any]) -> Json:
    request = _request(method, path, operation)
    # How all of it is refused is told in docs/api.md, and would be ten times the rest.
    answers = (
        _answer(status, answer, request)
        for status, answer in operation["responses"].items()
        if int(status) < 400
    )
    item: Json = {
        "name": operation["summary"],
        "request": request,
        "response": [example for examples in answers for example in examples],
    }
    if _gives_tokens(operation):
        script = {"type": "text/javascript", "exec": _KEEP_TOKENS}
        item["event"] = [{"listen": "test", "script": script}]
    return item


def _request(method: str, path: str, operation: Mapping[str, Any]) -> Json:
    parameters = operation.get("parameters", [])
    request: Json = {
        "method": method.upper(),
        "description": operation["description"],
        "header": [_header(one) for one in parameters if one["in"] == "header"],
        "url": _url(path, parameters),
    }
    if not operation.get("security"):
        request["auth"] = {"type": "noauth"}
    if (body := _example_body(operation)) is not None:
        request["header"].append({"key": "Content-Type", "value": _JSON})
        options = {"raw": {"language": "json"}}
        request["body"] = {"mode": "raw", "raw": _pretty(body), "options": options}
    return request


def _url(path: str, parameters: list[Json]) -> Json:
    filled = re.sub(r"{(\w+)}", r":\1", path)
    asked = [one for one in parameters if one["in"] == "query"]
    url: Json = {
        "raw": "{{site}}" + filled,
        "host": ["{{site}}"],
        "path": filled.strip("/").split("/"),
    }
    if asked:
        url["query"] = [{**_described(one), "disabled": not one.get("required")} for one in asked]
    if inside := [one for one in parameters if one["in"] == "path"]:
        url["variable"] = [_described(one) for one in inside]
    return url


def _header(parameter: Json) -> Json:
    return {**_described(parameter), "disabled": not parameter.get("required")}


def _described(parameter: Json) -> Json:
    schema = parameter.get("schema", {})
    value = schema.get("default", next(iter(schema.get("enum", [])), ""))
    if parameter["in"] == "path":
        value = "1"
    told = str(value).lower() if isinstance(value, bool) else str(value)
    return {"key": parameter["name"], "value": told} | (
        {"description": parameter["description"]} if parameter.get("description") else {}
    )


def _example_body(operation: Mapping[str, Any]) -> Any:
    """The first example of what is sent; `None` where nothing is."""
    content = operation.get("requestBody", {}).get("content", {}).get(_JSON, {})
    return next((example["value"] for example in content.get("examples", {}).values()), None)


def _answer(status: str, answer: Mapping[str, Any], request: Json) -> Iterator[Json]:
    for kind, media in answer.get("content", {}).items():
        for name, example in islice(media.get("examples", {}).items(), _MOST_EXAMPLES):
            text = example.get("value", "")
            yield {
                "name": f"{status} {example.get('summary') or name}",
                "originalRequest": {key: request[key] for key in ("method", "header", "url")},
                "code": int(status),
                "header": [{"key": "Content-Type", "value": kind}],
                "body": text if isinstance(text, str) else _pretty(text),
            }


def _gives_tokens(operation: Mapping[str, Any]) -> bool:
    content = operation["responses"].get("200", {}).get("content", {}).get(_JSON, {})
    values = [example.get("value") for example in content.get("examples", {}).values()]
    return any(isinstance(value, dict) and "refresh_token" in value for value in values)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
