"""Commands that manage.py offers."""
