"""The browser of journeys and screenshots: the machine's Chromium, or the one that ``CHROMIUM`` names.

The headless shell is the same browser without windows: it takes half the processor time, so it is preferred.
"""

import os
from pathlib import Path

KNOWN = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
INSTALL = "apt-get install chromium-headless-shell (or chromium), or set CHROMIUM"


def chromium():
    """Its path, or nothing."""
    named = os.environ.get("CHROMIUM")
    return next((path for path in ([named] if named else KNOWN) if Path(path).exists()), None)
