"""`python -m support`: gevent takes over the standard library before anything else is loaded."""

from gevent import monkey

monkey.patch_all()

from support.cli import main  # noqa: E402 - must follow the patch

if __name__ == "__main__":
    main()
