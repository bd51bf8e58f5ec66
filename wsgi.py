"""The WSGI entry: `waitress-serve wsgi:app`, or any other server."""

from investigations import create_app
from investigations.config import Settings

app = create_app(Settings.from_env())
