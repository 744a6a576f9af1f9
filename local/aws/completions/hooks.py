"""How a completion takes hold of the emulator.

Every hooked name is looked up first: after an upgrade that renamed one, the local AWS must not start and silently
be more permissive, or simply other, than what the probes were written against.
"""

import functools
import sys


def require(owner, *names):
    for name in names:
        if not hasattr(owner, name):
            sys.exit(f"local AWS: {owner.__name__}.{name} is gone from this emulator; adapt local/aws/completions")


def wrap(name, wrapper, *owners):
    # A name imported by another module is a second reference, so each owner is replaced.
    for owner in owners:
        require(owner, name)
        setattr(owner, name, around(getattr(owner, name), wrapper))


def around(original, wrapper):
    @functools.wraps(original)
    def wrapped(*args, **kwargs):
        return wrapper(original, *args, **kwargs)

    return wrapped


def rewrite(owner, name, changes):
    """Replaces pieces of a script that the emulator keeps as text."""
    require(owner, name)
    text = getattr(owner, name)
    for found, instead in changes.items():
        if found not in text:
            sys.exit(f"local AWS: {owner.__name__}.{name} has changed in this emulator; adapt local/aws/completions")
        text = text.replace(found, instead)
    setattr(owner, name, text)
