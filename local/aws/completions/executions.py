"""How a state machine runs where the emulator's engine does otherwise than AWS's."""

import contextvars
import copy
import queue
import random
import threading

from ministack.services import stepfunctions as engine

from .hooks import require, wrap

# The Parallel attempts a thread works for, and the task token its Lambda call belongs to.
attempts = contextvars.ContextVar("attempts", default=())
token_of_call = contextvars.ContextVar("token_of_call", default=None)


def install():
    require(engine, "_ExecutionError", "_task_tokens", "_jsonata_state_field", "_state_query_language")
    require(engine, "_apply_jsonata_arguments", "_apply_jsonata_output", "_apply_state_assign", "_next_or_end")
    wrap("_execute_task", in_time, engine)
    wrap("_find_matching_retrier", spread, engine)
    wrap("_invoke_with_callback", remember_token, engine)
    wrap("_call_lambda", fail_callback, engine)
    wrap("_run_sub_machine", in_own_context, engine)
    wrap("_run_parallel_branches", until_first_error, engine)


class Abandoned(Exception):
    """Ends a branch whose Parallel has failed meanwhile; no Catch may see it."""


class Attempt:
    failed = False


def in_time(original, state, data, execution, ctx):
    """A JSONata TimeoutSeconds is computed; the emulator takes the text for the number."""
    if attempts.get() and (execution["status"] != "RUNNING" or any(one.failed for one in attempts.get())):
        raise Abandoned
    if isinstance(state.get("TimeoutSeconds"), str):
        seconds = engine._jsonata_state_field(state, "TimeoutSeconds", "number", data, ctx)
        state = {**state, "TimeoutSeconds": seconds}
    return original(state, data, execution, ctx)


def spread(original, retriers, error, retry_counts):
    """MaxDelaySeconds bounds the wait and JitterStrategy FULL spreads it from nothing to the whole; the emulator passes
    over both, and executions that were throttled together come back together."""
    retrier, index = original(retriers, error, retry_counts)
    if retrier is None:
        return retrier, index
    wait = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retry_counts.get(index, 0)
    wait = min(wait, retrier.get("MaxDelaySeconds", wait))
    if retrier.get("JitterStrategy") == "FULL":
        wait = random.uniform(0, wait)
    return {**retrier, "IntervalSeconds": wait, "BackoffRate": 1}, index


def remember_token(original, resource, data, token, state):
    previous = token_of_call.set(token)
    try:
        return original(resource, data, token, state)
    finally:
        token_of_call.reset(previous)


def fail_callback(original, function, event):
    """A function that throws fails its waiting state; the emulator would wait for the token until the time-out. And
    a throttled call has the name that a Retry on AWS matches."""
    try:
        return original(function, event)
    except engine._ExecutionError as error:
        if error.error == "Lambda.Unknown" and '"TooManyRequestsException"' in error.cause:
            error.error = "Lambda.TooManyRequestsException"
        waiting = engine._task_tokens.get(token_of_call.get())
        if waiting:
            waiting["error"] = {"Error": error.error, "Cause": error.cause}
            waiting["event"].set()
        raise


def in_own_context(original, states, start, data, execution, ctx):
    """A branch has its own variables and, above all, its own task token; the emulator's branches share one."""
    return original(states, start, data, execution, copy.deepcopy(ctx))


def until_first_error(original, state, data, execution, ctx):
    """The first branch that fails ends its Parallel, though another waits for a decision for days; and a JSONata
    Parallel has Arguments, Output and Assign, which the emulator passes over."""
    if engine._state_query_language(state, ctx) != "JSONata":
        return original(state, data, execution, ctx)
    branches, outcomes, attempt = state["Branches"], queue.Queue(), Attempt()
    given = engine._apply_jsonata_arguments(state, data, ctx)

    def run(index, branch):
        attempts.set((*attempts.get(), attempt))
        try:
            result = engine._run_sub_machine(branch["States"], branch["StartAt"], given, execution, ctx)
            outcomes.put((index, result, None))
        except Exception as error:
            outcomes.put((index, None, error))

    for index, branch in enumerate(branches):
        inherited = contextvars.copy_context()
        threading.Thread(target=inherited.run, args=(run, index, branch), daemon=True).start()
    results = [None] * len(branches)
    for _ in branches:
        index, results[index], error = outcomes.get()
        if error is not None:
            attempt.failed = True
            known = isinstance(error, (engine._ExecutionError, Abandoned))
            raise error if known else engine._ExecutionError("States.BranchFailed", str(error))
    output = engine._apply_jsonata_output(state, data, ctx, result=results, default=results)
    engine._apply_state_assign(state, data, ctx, result=results)
    return output, engine._next_or_end(state)
