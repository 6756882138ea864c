"""Every method, one file each; importing this package registers them all in METHODS."""

import pkgutil
from importlib import import_module

from mfa.contract import METHODS

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def by_compat_name(name: str) -> str | None:
    """The key of the method that an old client calls `name`, spelled with any case, spaces or underscores."""
    return _NAMES.get(spelled(name))


def spelled(name: str) -> str:
    """The form in which old clients' names are compared."""
    return " ".join(name.replace("_", " ").replace("-", " ").upper().split())[:64]


_NAMES = {spelled(name): method.key for method in METHODS.values() for name in method.compat_names}

__all__ = ("METHODS", "by_compat_name", "spelled")
