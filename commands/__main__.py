"""Finds the commands: a new one is a module of this folder that registers itself on `app` under its own name."""

from importlib import import_module
from pkgutil import iter_modules

from audit.collector import without_collector
from commands import __path__ as folder
from commands.app import ARGUMENTS, run


def register() -> None:
    """Import only what is asked for, so that `status` does not wait for what `demo` needs."""
    names = [module.name for module in iter_modules(folder) if module.name != "__main__"]
    asked = ARGUMENTS[0].replace("-", "_") if ARGUMENTS else ""
    with without_collector():
        for name in [asked] if asked in names else names:
            import_module(f"commands.{name}")


if __name__ == "__main__":
    run(register)
