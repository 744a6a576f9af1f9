"""Where asynchronous events go that a function does not take. On AWS the settings belong to the qualifier that was
invoked; at reserved concurrency 0 an event goes to the on-failure destination at once, and to nowhere without one; and
Lambda delivers with the function's own role, so that a denied role delivers nothing. The emulator goes by the
settings of the unqualified function, tries three times, and delivers for anybody.
"""

import contextvars
import datetime
import json

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_account_id, get_region, new_uuid
from ministack.services import cloudwatch, iam, lambda_svc, sqs

from .hooks import require, wrap

# The invocation that is being delivered: the thread that retries it copies the context.
invocation = contextvars.ContextVar("tourniquet_invocation", default=None)
delivering = contextvars.ContextVar("tourniquet_delivering", default=False)


def install():
    require(lambda_svc, "_functions", "_route_async_failure")
    require(iam_evaluator, "_gather_role_policies", "combine_resource_policy", "evaluate", "EvalContext")
    require(sqs, "_act_send_message", "_queue_by_arn", "queue_policy_for_arn")
    wrap("invoke_async_with_retry", by_qualifier, lambda_svc)
    wrap("_route_async_failure", deliver, lambda_svc)
    wrap("_put_event_invoke_config", check_role, lambda_svc)
    wrap("_enforce_queue_policy", unless_delivering, sqs)
    wrap("_resolve_condition_key", role_of_session, iam_evaluator)


def by_qualifier(original, func, event):
    config = func.get("config") or func
    name, arn = config["FunctionName"], config["FunctionArn"]
    parts = arn.split(":")
    qualifier = parts[7] if len(parts) > 7 and parts[7] != "$LATEST" else ""
    live = lambda_svc._functions.get(name) or func
    settings = (live.get("event_invoke_configs") or {}).get(qualifier) or {}
    # The record that the emulator goes by, with the settings of the qualifier where it looks for them.
    record = dict(func) | {"event_invoke_config": settings, "event_invoke_configs": {}}
    invocation.set({"id": new_uuid(), "arn": arn if qualifier else f"{arn.removesuffix(':$LATEST')}:$LATEST"})
    count(name, "AsyncEventsReceived")
    if live.get("concurrency") != 0:
        return original(record, event)
    destination = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    for target in {destination, (config.get("DeadLetterConfig") or {}).get("TargetArn")} - {None, ""}:
        lambda_svc._route_async_failure(target, name, event, {"zero": True, "dead": target != destination})
    count(name, "AsyncEventsDropped")
    return None


def deliver(original, target, name, event, result):
    if ":sqs:" not in target:
        return original(target, name, event, result)
    if not may_send(lambda_svc._functions[name]["config"], target):
        count(name, "DestinationDeliveryFailures")
        return None
    queue = sqs._queue_by_arn(target)
    if queue is not None:
        # A dead-letter queue is sent the event alone.
        body = event if result.get("dead") else record_of(event, result)
        checked = delivering.set(True)
        sqs._act_send_message({"QueueUrl": queue["url"], "MessageBody": json.dumps(body)}, "")
        delivering.reset(checked)
    return None


def unless_delivering(original, queue, action):
    """The queue's policy was asked about the function's role; the emulator would ask it about whoever invoked."""
    return None if delivering.get() else original(queue, action)


def record_of(event, result):
    made = invocation.get()
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    zero = result.get("zero")
    context = {
        "requestId": made["id"],
        "functionArn": made["arn"],
        "condition": "ZeroReservedConcurrency" if zero else "RetriesExhausted",
        "approximateInvokeCount": 0 if zero else 3,
    }
    record = {"version": "1.0", "timestamp": now, "requestContext": context, "requestPayload": event}
    if zero:
        return record
    function_error = result.get("function_error") or "Unhandled"
    executed = {"statusCode": 200, "executedVersion": "$LATEST", "functionError": function_error}
    return record | {"responseContext": executed, "responsePayload": result.get("body")}


def sending(config, target):
    """The call that Lambda makes for the function, and what its role's own policies say to it."""
    account = get_account_id()
    role = config["Role"].rsplit("/", 1)[-1]
    call = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{role}/{config['FunctionName']}",
        principal_type="AssumedRole",
        principal_account=account,
        action="sqs:SendMessage",
        resource_arn=target,
        region=get_region(),
    )
    return call, iam_evaluator.evaluate(call, iam_evaluator._gather_role_policies(role, account))


def may_send(config, target):
    call, decision = sending(config, target)
    policy = sqs.queue_policy_for_arn(target)
    if policy is not None:
        decision = iam_evaluator.combine_resource_policy(decision, call, *policy)
    return decision.decision == "Allow"


def check_role(original, name, qualifier, data):
    """Lambda refuses the destination of a role that may not send there, and asks the role's own policies alone."""
    target = ((data.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination") or ""
    function = lambda_svc._functions.get(name)
    if function is not None and ":sqs:" in target and sending(function["config"], target)[1].decision != "Allow":
        message = f"The function's execution role does not have permissions to call SendMessage on {target}"
        return error_response_json("InvalidParameterValueException", message, 400)
    return original(name, qualifier, data)


def role_of_session(original, key, context):
    """aws:PrincipalArn of a role's session is the role's ARN, not the session's."""
    value = original(key, context)
    if key.lower() != "aws:principalarn" or ":assumed-role/" not in context.principal_arn:
        return value
    name = iam_evaluator._role_name_from_assumed_arn(context.principal_arn)
    role = iam._roles.get_scoped(context.principal_account, None, name)
    return role["Arn"] if role else value


def count(name, metric):
    cloudwatch.record_metric("AWS/Lambda", metric, 1, "Count", {"FunctionName": name})
