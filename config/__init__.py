"""Wiring: settings, addresses, Celery and the two ways to start."""

from config.celery import app as celery_app

__all__ = ("celery_app",)
