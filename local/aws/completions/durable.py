"""Pausing and resuming durable executions, and durable functions as the SDK makes them.

On AWS a function is durable that has a DurableConfig; the emulator waits for a member `Enabled`, which no SDK sends.
"""

import json
import re
from urllib.parse import unquote

from ministack.core import iam_actions
from ministack.core.responses import error_response_json, json_response
from ministack.services import lambda_durable, lambda_svc

from .hooks import require, wrap

EXECUTION = re.compile(r"/2025-12-01/durable-executions/(arn:.+?/durable-execution/[^/]+/[^/]+)(?:/(\w+))?/?")


def install():
    require(lambda_durable, "_require_execution", "_emit_history_event", "_now", "_to_unix_seconds")
    wrap("_build_config", enable, lambda_svc)
    wrap("try_route", route, lambda_durable)
    wrap("create_execution_for_invoke", begin, lambda_durable)
    wrap("invoke_durable_resume", begin_again, lambda_svc)
    wrap("record_invocation_completed", end, lambda_durable)
    wrap("schedule_resume", stay_paused, lambda_durable)
    wrap("handle_checkpoint", pause_at_checkpoint, lambda_durable)
    wrap("handle_stop", stop, lambda_durable)
    wrap("_lambda_action", name_action, iam_actions)
    wrap("extract_resource_arn", execution_arn, iam_actions)


def enable(original, *args, **kwargs):
    config = original(*args, **kwargs)
    if config.get("DurableConfig"):
        config["DurableConfig"] = {**config["DurableConfig"], "Enabled": True}
    return config


def route(original, method, path, body, query_params, function_arn_lookup):
    match = EXECUTION.fullmatch(unquote(path))
    changes = {"pause": pause, "resume": resume}
    if method != "POST" or match is None or match[2] not in changes:
        return original(method, path, body, query_params, function_arn_lookup)
    execution, error = lambda_durable._require_execution(match[1])
    return error or changes[match[2]](execution, json.loads(body) if body else {})


def pause(execution, data):
    if execution["Status"] != "RUNNING":
        return refuse("pause", execution)
    now = lambda_durable._now()
    execution["_pausedAt"] = now
    execution["_timeoutPaused"] = bool(data.get("ExecutionTimeoutPaused"))
    # An invocation that runs goes on to its next checkpoint.
    execution["Status"] = "PAUSING" if execution.get("_invoking") else "PAUSED"
    note(execution, "ExecutionPaused", data)
    return json_response({})


def resume(execution, data):
    if execution["Status"] not in ("PAUSED", "PAUSING"):
        return refuse("resume", execution)
    if execution["_timeoutPaused"] and execution.get("_TimeoutDeadline") is not None:
        execution["_TimeoutDeadline"] += lambda_durable._now() - execution["_pausedAt"]
    execution["Status"] = "RUNNING"
    note(execution, "ExecutionResumed", data)
    # Waits that ran out meanwhile wake it now.
    lambda_durable.schedule_resume(execution["DurableExecutionArn"])
    return json_response({})


def refuse(change, execution):
    message = f"Cannot {change} a durable execution in status {execution['Status']}"
    return error_response_json("InvalidParameterValueException", message, 400)


def note(execution, event, data):
    details = {"Reason": {"Payload": data.get("Reason") or "", "Truncated": False}}
    lambda_durable._emit_history_event(execution, event, f"{event}Details", details)


def begin(original, *args, **kwargs):
    execution = original(*args, **kwargs)
    execution["_invoking"] = True
    return execution


def begin_again(original, function_name, arn, event):
    execution = lambda_durable._executions.get(arn)
    if execution:
        execution["_invoking"] = True
    return original(function_name, arn, event)


def end(original, arn, *args, **kwargs):
    execution = lambda_durable._executions.get(arn)
    if execution:
        execution["_invoking"] = False
        if execution["Status"] == "PAUSING":
            # The last word of the invocation counts, which may be that the execution is over; else see below.
            execution |= {"Status": "RUNNING", "_pausing": True}
    return original(arn, *args, **kwargs)


def stay_paused(original, arn, *args, **kwargs):
    execution = lambda_durable._executions.get(arn)
    if execution and execution.pop("_pausing", False):
        execution["Status"] = "PAUSED"
        return False
    return original(arn, *args, **kwargs)


def pause_at_checkpoint(original, arn, body):
    execution = lambda_durable._executions.get(unquote(arn))
    if not execution or execution["Status"] != "PAUSING":
        return original(arn, body)
    execution["Status"] = "RUNNING"
    response = original(arn, body)
    execution["Status"] = "PAUSED"
    return response


def stop(original, arn, body):
    execution = lambda_durable._executions.get(unquote(arn))
    if execution and execution["Status"] in ("PAUSED", "PAUSING"):
        execution["Status"] = "RUNNING"
    return original(arn, body)


def name_action(original, method, path):
    match = EXECUTION.fullmatch(unquote(path))
    changes = {"pause": "PauseDurableExecution", "resume": "ResumeDurableExecution"}
    return (match and method == "POST" and changes.get(match[2] or "")) or original(method, path)


def execution_arn(original, service, method, path, *rest):
    match = EXECUTION.fullmatch(unquote(path)) if service == "lambda" else None
    return match[1] if match else original(service, method, path, *rest)
