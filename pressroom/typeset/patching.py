"""Put a function in the place of one of WeasyPrint's, wherever it was imported."""

from __future__ import annotations

import sys
from typing import Any


def replace_everywhere(name: str, old: Any, new: Any) -> None:
    """Rebind a name in each of WeasyPrint's modules that are loaded and have `old` by it."""
    for path, module in list(sys.modules.items()):
        if path.startswith("weasyprint") and getattr(module, name, None) is old:
            setattr(module, name, new)
