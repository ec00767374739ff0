"""Every area's tables, gathered so that migrations and the models can be compared."""

from importlib import import_module
from pathlib import Path

from support.db import crossing, lease
from support.db.tables import Base

PACKAGE = Path(__file__).resolve().parent.parent
for _models in sorted(PACKAGE.glob("*/models*")):
    if _models.suffix in ("", ".py"):
        import_module(f"support.{_models.parent.name}.models")

LEASE = lease.Lease
FACT = crossing.Fact
METADATA = Base.metadata
