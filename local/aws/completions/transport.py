"""Plain HTTP on loopback stands in for TLS: nothing leaves the machine, and a policy that admits TLS alone would
otherwise refuse everything.
"""

from ministack.core import iam_evaluator

from .hooks import wrap


def install():
    wrap("_resolve_condition_key", as_if_encrypted, iam_evaluator)


def as_if_encrypted(original, key, context):
    return "true" if key.lower() == "aws:securetransport" else original(key, context)
