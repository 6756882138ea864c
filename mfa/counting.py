"""Sums what sign-ins append, so that no sign-in has to update a row that only lists show."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.retention import first_id

# A sign-in may end ten minutes after it began, and a beat may be late
LOOK_BACK = timedelta(minutes=30)

_UPDATE = """
UPDATE accounts_user SET last_sign_in_at = latest.at
FROM (
    SELECT user_id, max(closed_at) AS at FROM mfa_transaction
    WHERE id >= %s AND state = 'approved' AND purpose = 'sign_in' AND user_id IS NOT NULL GROUP BY user_id
) AS latest
WHERE accounts_user.id = latest.user_id
AND (accounts_user.last_sign_in_at IS NULL OR accounts_user.last_sign_in_at < latest.at)
"""


def sum_sign_ins(look_back: timedelta = LOOK_BACK) -> int:
    """Write each user's last sign-in of that time into its row; how many rows changed. A second run changes none."""
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [first_id(timezone.now() - look_back)])
        return int(cursor.rowcount)
