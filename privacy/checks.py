"""Deploy checks: the data map can be read by people, and the policy in force explains it."""

from django.core.checks import Tags, register

from privacy import mapping, policy


def register_all() -> None:
    """Hand the checks to Django."""
    register(mapping.check_words, Tags.security, deploy=True)
    register(policy.check_explained, Tags.security, deploy=True)
