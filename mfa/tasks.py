"""Doorways from Celery."""

from celery import shared_task


@shared_task
def sum_sign_ins() -> None:
    """Write the users' last sign-ins into their rows."""
    from mfa import counting

    counting.sum_sign_ins()


@shared_task
def forget_old() -> None:
    """Delete what mfa has kept long enough."""
    from mfa import retention

    retention.forget()


@shared_task
def ask_who_knocked() -> None:
    """Send codes to those who knocked at their own pages."""
    from mfa.verbs import knocking

    knocking.ask_who_knocked()


@shared_task
def send_due_recoveries() -> None:
    """Mail a link to those who waited for a new beginning and are approved."""
    from mfa.verbs import recovering

    recovering.send_due()


@shared_task
def erase_risk_histories() -> None:
    """Erase the risk histories whose wait is over."""
    from mfa.verbs import forgetting

    forgetting.erase_due()
