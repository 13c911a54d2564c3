"""``python -m limpyd_ng`` is the command ``limpyd-ng``."""

import sys

from .cli import main

sys.exit(main())
