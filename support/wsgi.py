"""Server entry for a process manager: `support.wsgi:app`, with support.serve's handler class."""

from support import worker
from support.app import create_app
from support.serve.crossing import join
from support.settings import Settings

app = create_app(Settings.from_env())
join(app)
worker.start(app)
worker.look_again(app)
