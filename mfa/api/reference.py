"""The reference: docs/openapi.yaml as a page of our own, searchable, that loads nothing from elsewhere."""

import json
from functools import cache
from typing import Any

import yaml
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts import problems

FILE = settings.BASE_DIR / "docs" / "openapi.yaml"
MOST_FOUND = 15


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The file itself, for programs that make clients."""
    return HttpResponse(FILE.read_bytes(), content_type="application/yaml")


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """What the API is, and every call in one line; or the calls that hold what was looked for, in full."""
    words = " ".join(request.GET.get("q", "")[:100].split())
    tags = _by_tag()
    found = [call for _tag, calls in tags for call in calls if words.lower() in call["text"]] if words else []
    context = {"tags": _linked(tags), "q": words, "found": found[:MOST_FOUND], "over": len(found) > MOST_FOUND}
    return render(request, "api/reference.html", context | {"problems": problems.KINDS.values(), "server": _server()})


@require_safe
def part(request: HttpRequest, part: str) -> HttpResponse:
    """The calls of one part of the API, in full."""
    tags = _by_tag()
    found = next(((tag, calls) for tag, calls in tags if slugify(tag) == part), None)
    if found is None:
        raise Http404
    context = {"tags": _linked(tags), "tag": found[0], "slug": part, "calls": found[1], "server": _server()}
    return render(request, "api/part.html", context)


def _linked(tags: list[tuple[str, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    return [{"name": tag, "slug": slugify(tag), "calls": calls} for tag, calls in tags]


def _server() -> str:
    return str(settings.PUBLIC_URL)


@cache
def _by_tag() -> list[tuple[str, list[dict[str, Any]]]]:
    """The operations of the file, by tag, in its order."""
    read = yaml.safe_load(FILE.read_text())
    tags: dict[str, list[dict[str, Any]]] = {}
    for path, methods in read["paths"].items():
        for method, operation in methods.items():
            call = _call(read, path, method, operation)
            tags.setdefault(operation["tags"][0], []).append(call)
    return list(tags.items())


def _call(read: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """One operation as the page shows it."""
    title, _line, rest = operation["description"].partition("\n")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answers = []
    for status, answer in sorted(operation["responses"].items()):
        if "$ref" in answer:
            continue
        media: dict[str, Any] = next(iter(answer.get("content", {}).values()), {})
        answers.append(
            {
                "status": status,
                "fields": _fields(read, media.get("schema", {})),
                "example": _example(media),
            }
        )
    call = {
        "id": operation["operationId"],
        "title": title,
        "more": [_marked(part) for part in rest.strip().split("\n\n") if part],
        "method": method.upper(),
        "path": path,
        "parameters": [_parameter(one) for one in operation.get("parameters", ())],
        "body": _fields(read, body),
        "answers": answers,
        "problems": [status for status, answer in sorted(operation["responses"].items()) if "$ref" in answer],
        "is_open": not operation.get("security"),
    }
    text = f"{path} {method} {operation['operationId']} {operation['description']}".lower()
    return call | {"text": " ".join(text.split())}  # words are found across the ends of lines


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "place": one["in"],
        "kind": _kind(one.get("schema", {})),
        "needed": one.get("required", False),
        "text": _marked(one.get("description", "")),
    }


def _fields(read: dict[str, Any], shape: dict[str, Any], depth: int = 0) -> list[dict[str, Any]]:
    """The fields of an object, those of its parts indented below it."""
    shape = _resolved(read, shape)
    if shape.get("type") == "array":
        return _fields(read, shape["items"], depth)
    found = []
    for name, inner in shape.get("properties", {}).items():
        field = _resolved(read, inner)
        found.append(
            {
                "name": name,
                "kind": _kind(field),
                "needed": name in shape.get("required", ()),
                "text": _marked(inner.get("description", "") or field.get("description", "")),
                "choices": [one for one in field.get("enum", ()) if one],
                "inner": _fields(read, field, depth + 1) if depth < 2 else [],
            }
        )
    return found


def _resolved(read: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for; of alternatives the first that is something."""
    for word in ("allOf", "oneOf", "anyOf"):
        if word in shape:
            rest = {key: value for key, value in shape.items() if key != word}
            return _resolved(read, shape[word][0]) | rest
    if "$ref" not in shape:
        return shape
    part: Any = read
    for name in shape["$ref"].removeprefix("#/").split("/"):
        part = part[name]
    rest = {key: value for key, value in shape.items() if key != "$ref"}
    return _resolved(read, part) | rest


def _marked(text: str) -> str:
    """A description with what stands between backticks as code."""
    parts = text.split("`")
    shown = (format_html("<code>{}</code>" if number % 2 else "{}", part) for number, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in shown)) if text else ""


def _kind(shape: dict[str, Any]) -> str:
    kind = shape.get("type", "")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _example(media: dict[str, Any]) -> str:
    """The first example, as it comes over the line."""
    for example in media.get("examples", {}).values():
        return json.dumps(example["value"], indent=2, ensure_ascii=False)
    return ""
