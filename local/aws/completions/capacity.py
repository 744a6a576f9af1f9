"""Provisioned concurrency can be listed, and scaled by Application Auto Scaling, of which the emulator has nothing:
here are the scalable targets, by which containment suspends it.
"""

import json
import time

from ministack.core import router
from ministack.services import autoscaling, lambda_svc

from .hooks import require, wrap

TARGET = "AnyScaleFrontendService."
SUSPENSIONS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")

targets = {}


def install():
    require(lambda_svc, "_functions", "_func_arn", "json_response")
    require(router, "SERVICE_PATTERNS")
    router.SERVICE_PATTERNS["autoscaling"].setdefault("target_prefixes", []).append(TARGET)
    wrap("handle_request", list_provisioned, lambda_svc)
    wrap("handle_request", scale, autoscaling)


async def list_provisioned(original, method, path, headers, body, query_params):
    listing = (query_params.get("List") or [""])[0] == "ALL" or query_params.get("List") == "ALL"
    if method != "GET" or not path.endswith("/provisioned-concurrency") or not listing:
        return await original(method, path, headers, body, query_params)
    name = path.split("/functions/")[1].split("/")[0].split(":")[-1]
    function = lambda_svc._functions.get(name) or {}
    configs = [
        config | {"FunctionArn": f"{lambda_svc._func_arn(name)}:{qualifier}"}
        for qualifier, config in function.get("provisioned_concurrency", {}).items()
    ]
    return lambda_svc.json_response({"ProvisionedConcurrencyConfigs": configs})


async def scale(original, method, path, headers, body, query_params):
    call = headers.get("x-amz-target", "")
    if not call.startswith(TARGET):
        return await original(method, path, headers, body, query_params)
    data = json.loads(body or b"{}")
    if call.endswith(".DescribeScalableTargets"):
        wanted = data.get("ResourceIds")
        return answer({"ScalableTargets": [t for t in targets.values() if not wanted or t["ResourceId"] in wanted]})
    if call.endswith(".RegisterScalableTarget"):
        return register(data)
    return refusal("ValidationException", f"{call} is not served")


def register(data):
    known = targets.get(data["ResourceId"])
    if known is None and not {"MinCapacity", "MaxCapacity"} <= data.keys():
        return refusal("ValidationException", "MinCapacity and MaxCapacity are needed for a new scalable target")
    fresh = {"SuspendedState": dict.fromkeys(SUSPENSIONS, False), "CreationTime": time.time()}
    merged = (known or fresh) | data
    merged["SuspendedState"] = (known or fresh)["SuspendedState"] | data.get("SuspendedState", {})
    targets[data["ResourceId"]] = merged
    return answer({})


def answer(data, status=200):
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(data).encode()


def refusal(code, message):
    return answer({"__type": code, "message": message}, 400)
