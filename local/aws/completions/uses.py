"""Which permission each role has used, so that the ones that nothing uses can be found and taken away.

AWS has this as IAM's last-accessed information; the emulator has not.
"""

import os
import threading
from pathlib import Path

from ministack.core import iam_evaluator

from .hooks import wrap

seen = set()
lock = threading.Lock()


def install():
    wrap("evaluate", note_use, iam_evaluator)


def note_use(original, ctx, *policies):
    result = original(ctx, *policies)
    if result.decision == "Allow" and ctx.principal_type == "AssumedRole":
        note(f"{ctx.principal_arn.split('/')[1]} {ctx.action}")
    return result


def note(use):
    with lock:
        if use not in seen:
            seen.add(use)
            with Path(os.environ["TMPDIR"], "permissions-used").open("a") as file:
                file.write(f"{use}\n")
