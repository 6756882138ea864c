"""Every feature, one file each; importing this package registers them all in FEATURES."""

import pkgutil
from importlib import import_module

from rba.contract import FEATURES, Level

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

ORDER = ("location", "ip_address", "device_type", "user_agent", "browser", "language", "time", "fingerprint")
# Coarse to fine, so that a level comes after those that it is nested in, beside, or made of
_COMPARED = ("device_type", "browser", "user_agent", "language", "location", "ip_address", "time", "fingerprint")
LEVELS: dict[str, tuple[str, Level]] = {
    level.name: (key, level) for key in _COMPARED for level in reversed(FEATURES[key].levels)
}

__all__ = ("FEATURES", "LEVELS", "ORDER")
