"""Which permission each role has used, and which it was refused for want of, so that roles can be held to both.

AWS has this as IAM's last-accessed information and CloudTrail's errors; the emulator has neither. Noted only where the
tests ask for it: PERMISSIONS_LOG is the directory.
"""

import os
import threading
from pathlib import Path

from ministack.core import iam_evaluator

from .hooks import wrap

seen = set()
lock = threading.Lock()


def install():
    if os.environ.get("PERMISSIONS_LOG"):
        wrap("evaluate", note_use, iam_evaluator)


def note_use(original, ctx, *policies):
    result = original(ctx, *policies)
    # What a policy denies in so many words is denied on purpose.
    if result.decision != "Deny" and ctx.principal_type == "AssumedRole":
        note(f"{result.decision} {ctx.principal_arn.split('/')[1]} {ctx.action}")
    return result


def note(use):
    with lock:
        if use not in seen:
            seen.add(use)
            with Path(os.environ["PERMISSIONS_LOG"], str(os.getpid())).open("a") as file:
                file.write(f"{use}\n")
