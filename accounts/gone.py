"""How it shows that a row went while something was done about it, as when a person is erased amid a call."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError
from psycopg.errors import ForeignKeyViolation


def is_gone(error: BaseException | None) -> bool:
    """Whether an error says that a row is not there any more: nothing was done, and the next call finds nobody.

    Foreign keys are checked at commit, so a row that was added meanwhile shows itself there. Django and `together`
    raise a bare DatabaseError when a row that they were to change is not there; its subclasses say other things.
    """
    if isinstance(error, IntegrityError):
        return isinstance(error.__cause__, ForeignKeyViolation)
    return isinstance(error, ObjectDoesNotExist) or type(error) is DatabaseError
