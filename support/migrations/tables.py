"""Every area's tables, gathered so that migrations and the models can be compared."""

import support.audit.models
from support.db.tables import Base

METADATA = Base.metadata
AREAS = (support.audit.models,)
