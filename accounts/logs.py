"""The log's two shapes: JSON for machines in production, short lines for people in a demo."""

import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]


def configure() -> None:
    """Send what our own code logs the way of everything else; structlog's own output would print variables."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def settings(render: Callable[..., str | bytes], level: str) -> dict[str, Any]:
    """Return Django's LOGGING: all to stderr from `level` on, each line made by `render`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"events": {"()": "structlog.stdlib.ProcessorFormatter", "processors": [render]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "apprise": {"level": "CRITICAL"},
            # A line for each task of each beat would bury the rest
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }


def _with_context(event: Event) -> Event:
    record = event.pop("_record")
    event.pop("_from_structlog", None)
    told = event.pop("exc_info", None)
    event.pop("stack_info", None)
    merged = {"level": record.levelname.lower(), "logger": record.name, **event}
    if record.name == "celery.app.trace":  # "Task … raised unexpected: " and then the error's text
        merged["event"] = str(merged["event"]).partition(": ")[0]
    merged.update(structlog.contextvars.get_contextvars())
    exception = sys.exc_info() if told is True else told
    if exception and exception[0]:
        # The type and place only: an exception's text and variables can hold what a log must not.
        kind, _error, trace = exception
        merged["exception"] = kind.__name__ if kind else ""
        merged["at"] = _where(trace)
    return merged


def _where(trace: Any) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]


def render_json(logger: logging.Logger, name: str, event: Event) -> str | bytes:
    """One JSON object a line, with the time in UTC."""
    stamped = structlog.processors.TimeStamper(fmt="iso")(logger, name, _with_context(event))
    return structlog.processors.JSONRenderer()(logger, name, stamped)


def render_line(logger: logging.Logger, name: str, event: Event) -> str:
    """The event and its facts on one line."""
    merged = _with_context(event)
    text = merged.pop("event", "")
    facts = " ".join(f"{key}={value}" for key, value in merged.items() if key not in {"logger"})
    return f"{text} {facts}"
