"""When execution environments begin and end. A function that is made or changed is Pending first, as on AWS, and ready
after a tenth of a second, where the emulator takes half of one: nothing depends on how long, and nearly every test makes
functions.

On AWS every change of a function's code or configuration, its role included, is served by new environments, and what
runs meanwhile runs to its end in the old; the emulator keeps the old ones after a change of role, for ever, and
otherwise kills what is running.
"""

import threading

from ministack.core import lambda_runtime, responses
from ministack.services import lambda_svc

from .hooks import require, wrap


def install():
    require(lambda_runtime, "_lock")
    require(lambda_svc, "invalidate_worker", "_LAMBDA_STATE_TRANSITION_DELAY")
    lambda_svc._LAMBDA_STATE_TRANSITION_DELAY = 0.1
    wrap("acquire_worker", note_holder, lambda_runtime, lambda_svc)
    wrap("release_worker", end_retired, lambda_runtime, lambda_svc)
    wrap("kill_workers", retire_busy, lambda_runtime)
    wrap("_update_config", renew, lambda_svc)


def note_holder(original, *args, **kwargs):
    worker, reason = original(*args, **kwargs)
    if worker is not None:
        worker.holder = threading.get_ident()
    return worker, reason


def retire_busy(original, workers):
    """Whoever holds a worker may end it; another who wants it ended waits for the invocation to be over."""
    me, idle = threading.get_ident(), []
    # Under the pool's lock a worker is either busy, and ended when it is released, or idle, and ended now.
    with lambda_runtime._lock:
        for worker in workers:
            if worker is not None and worker.in_use and getattr(worker, "holder", me) != me:
                worker.retired = True
            else:
                idle.append(worker)
    original(idle)


def end_retired(original, worker):
    original(worker)
    if getattr(worker, "retired", False):
        lambda_runtime.kill_workers([worker])


def renew(original, name, data):
    response = original(name, data)
    if response[0] == 200:
        scope = {"account": responses.get_account_id(), "region": responses.get_region()}
        lambda_svc.invalidate_worker(name, qualifier="$LATEST", **scope)
    return response
