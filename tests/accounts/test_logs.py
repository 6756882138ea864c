"""What the log says and what it never says."""

import json
import logging

import pytest
import structlog

from accounts import logs

SECRET = "+4790000123"


class Lines(logging.Handler):
    def __init__(self, render):
        super().__init__()
        self.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[render]))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture(params=[logs.render_json, logs.render_line])
def lines(request):
    handler = Lines(request.param)
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)


def fail():
    number = SECRET
    raise ValueError(f"cannot send to {number}")


@pytest.mark.promise("S29")
@pytest.mark.parametrize("logger", [structlog.get_logger("ours"), logging.getLogger("theirs")])
def test_an_exception_is_named_and_placed_but_its_text_and_variables_are_not_told(lines, logger):
    try:
        fail()
    except ValueError:
        logger.exception("it failed")

    (line,) = lines
    assert "it failed" in line
    assert "ValueError" in line
    assert "tests/accounts" not in line
    assert "test_logs.py" in line
    assert "fail" in line
    assert SECRET not in line


@pytest.mark.promise("S23")
def test_an_event_is_one_line_of_json_with_its_facts():
    handler = Lines(logs.render_json)
    logger = logging.getLogger("accounts.example")
    logger.addHandler(handler)
    try:
        structlog.get_logger("accounts.example").warning("message waits", message="0197", tries=2)
    finally:
        logger.removeHandler(handler)

    told = json.loads(handler.lines[0])
    assert {name: told[name] for name in ("event", "level", "message", "tries")} == {
        "event": "message waits",
        "level": "warning",
        "message": "0197",
        "tries": 2,
    }


def test_the_server_s_own_handler_writes_json():
    (handler,) = [
        h for h in logging.getLogger().handlers if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter)
    ]
    record = logging.getLogger("theirs").makeRecord("theirs", logging.WARNING, "file", 1, "hello", (), None)

    assert json.loads(handler.format(record))["event"] == "hello"


@pytest.mark.promise("S29")
def test_a_task_that_fails_tells_its_name_and_not_the_errors_text(lines):
    facts = {"name": "accounts.tasks.send_code", "description": "raised unexpected"}
    facts |= {"exc": f"no {SECRET}", "traceback": SECRET}
    logging.getLogger("celery.app.trace").error("Task %(name)s %(description)s: %(exc)s %(traceback)s", facts)

    assert SECRET not in lines[-1]
    assert "Task accounts.tasks.send_code raised unexpected" in lines[-1]
