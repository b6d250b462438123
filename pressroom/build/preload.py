"""Load what workers need into the process that they are forked from; imported for that alone."""

from __future__ import annotations

from ..preflight.examine import all_checks
from ..typeset.typesetter import warm

warm()
all_checks()
