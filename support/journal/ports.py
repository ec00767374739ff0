"""What the house tells this area once at its start."""

from support.base.sealing import Sealer, sealer_for


class Joined:
    """The key that plans are sealed with."""

    def __init__(self, sealer: Sealer) -> None:
        self.sealer = sealer


joined = Joined(sealer_for("a house without a key", "nothing"))
