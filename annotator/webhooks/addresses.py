"""Where webhooks may go."""

from __future__ import annotations

from django.conf import settings

from annotator.lib.addresses import Guard


def guard() -> Guard:
    """Return the rule: public addresses, and networks inside that the setting names."""
    return Guard("webhooks", "MASKWRIGHT_WEBHOOK_NETWORKS", settings.WEBHOOK_NETWORKS)
