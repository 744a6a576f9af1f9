"""Application Auto Scaling of provisioned concurrency, which the emulator does not know: targets, whether they are
suspended, and that a target which is registered anew moves the capacity into its bounds. Policies and scheduled
actions, which act by themselves, are not here.
"""

import json
import time
import uuid

from ministack.core import iam_actions, router
from ministack.core.responses import AccountRegionScopedDict, error_response_json, get_account_id, get_region, json_response
from ministack.services import lambda_svc

from .hooks import require, wrap

SERVICE = "application-autoscaling"
IDENTITY = ("ServiceNamespace", "ResourceId", "ScalableDimension")
ACTIVITIES = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")

targets = AccountRegionScopedDict()


def install():
    # After `trail`: it imports the application, which takes names from what the other completions change.
    from ministack import app

    require(app, "SERVICE_HANDLERS")
    require(iam_actions, "SERVICE_TO_IAM_NAMESPACE")
    require(router, "SERVICE_PATTERNS")
    # Without it the router reads the model of every AWS service to learn whether there is such a one.
    router.SERVICE_PATTERNS[SERVICE] = {}
    app.SERVICE_HANDLERS[SERVICE] = handle_request
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    wrap("extract_resource_arn", target_arn, iam_actions)
    wrap("request_tag_context", scaled, iam_actions)


async def handle_request(_method, _path, headers, body, _query):
    call = headers.get("x-amz-target", "").rpartition(".")[2]
    data = json.loads(body) if body else {}
    calls = {
        "RegisterScalableTarget": register,
        "DescribeScalableTargets": describe,
        "DeregisterScalableTarget": deregister,
    }
    if call not in calls:
        return error_response_json("UnknownOperationException", f"{call} is not served here", 400)
    return calls[call](data)


def register(data):
    key = tuple(data.get(field, "") for field in IDENTITY)
    target = targets.get(key)
    if target is None:
        if "MinCapacity" not in data or "MaxCapacity" not in data:
            return error_response_json("ValidationException", "MinCapacity and MaxCapacity are required", 400)
        arn = f"arn:aws:{SERVICE}:{get_region()}:{get_account_id()}:scalable-target/{uuid.uuid4().hex}"
        target = {
            **dict(zip(IDENTITY, key)),
            "ScalableTargetARN": arn,
            "RoleARN": f"arn:aws:iam::{get_account_id()}:role/aws-service-role/lambda.application-autoscaling.amazonaws.com"
            "/AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency",
            "CreationTime": time.time(),
            "SuspendedState": dict.fromkeys(ACTIVITIES, False),
        }
    target |= {field: data[field] for field in ("MinCapacity", "MaxCapacity") if field in data}
    target["SuspendedState"] |= data.get("SuspendedState") or {}
    targets[key] = target
    move_into_bounds(target)
    return json_response({"ScalableTargetARN": target["ScalableTargetARN"]})


def move_into_bounds(target):
    """Whenever a target is registered, anew too and whatever is given, and whether or not it is suspended."""
    _kind, name, qualifier = target["ResourceId"].split(":")
    function = lambda_svc._functions.get(name) or {}
    present = function.get("provisioned_concurrency", {}).get(qualifier, {})
    capacity = present.get("RequestedProvisionedConcurrentExecutions", 0)
    wanted = min(max(capacity, target["MinCapacity"]), target["MaxCapacity"])
    if wanted != capacity:
        # Refused, it stays as it is: Application Auto Scaling notes a failed activity.
        lambda_svc._put_provisioned_concurrency(name, qualifier, {"ProvisionedConcurrentExecutions": wanted})


def describe(data):
    wanted, dimension = data.get("ResourceIds"), data.get("ScalableDimension")
    found = [
        target
        for target in targets.values()
        if target["ServiceNamespace"] == data.get("ServiceNamespace")
        and (not wanted or target["ResourceId"] in wanted)
        and dimension in (None, target["ScalableDimension"])
    ]
    return json_response({"ScalableTargets": found})


def deregister(data):
    key = tuple(data.get(field, "") for field in IDENTITY)
    if targets.get(key) is None:
        return error_response_json("ObjectNotFoundException", "No scalable target registered for it", 400)
    del targets[key]
    return json_response({})


def target_arn(original, service, method, path, headers, body, query, region, account):
    if service != SERVICE:
        return original(service, method, path, headers, body, query, region, account)
    # Known by an id of its own, which is made when it is registered.
    data = json.loads(body) if body else {}
    target = targets.get(tuple(data.get(field, "") for field in IDENTITY)) or {}
    return target.get("ScalableTargetARN") or f"arn:aws:{SERVICE}:{region}:{account}:scalable-target/new"


def scaled(original, service, iam_action, body, params):
    context = original(service, iam_action, body, params)
    if service == SERVICE:
        data = json.loads(body) if body else {}
        context |= {
            f"{SERVICE}:service-namespace": data.get("ServiceNamespace", ""),
            f"{SERVICE}:scalable-dimension": data.get("ScalableDimension", ""),
        }
    return context
