"""What a browser sends so that it may be woken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.fields import Fields
from support.notify.rules.sealing import LONGEST_ENDPOINT, Device

LONGEST_KEY = 120


@dataclass(frozen=True, slots=True)
class DeviceForm:
    """One browser's own address at its push service, and its keys."""

    device: Device

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the three parts; whether they are good is decided by the rule."""
        fields = Fields(data)
        device = Device(
            fields.text("endpoint", longest=LONGEST_ENDPOINT),
            fields.text("p256dh", longest=LONGEST_KEY),
            fields.text("auth", longest=LONGEST_KEY),
        )
        fields.done()
        return cls(device)
