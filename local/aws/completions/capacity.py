"""How much of a function may run. The emulator keeps provisioned concurrency but cannot list it, lets it be more than
the reservation that it counts inside of, and does not know the scaling of functions on managed instances.
"""

import json
import re

from ministack.core import iam_actions
from ministack.core.responses import error_response_json, json_response
from ministack.services import lambda_svc

from .hooks import require, wrap

SCALING_CONFIG = re.compile(r"/2025-11-30/functions/([^/]+)/function-scaling-config/?")


def install():
    require(lambda_svc, "_functions", "_func_arn", "_resolve_name", "_function_qualifier_exists")
    wrap("_get_provisioned_concurrency", get_or_list, lambda_svc)
    wrap("_put_provisioned_concurrency", put_provisioned, lambda_svc)
    wrap("_put_function_concurrency", put_reserved, lambda_svc)
    wrap("handle_request", scaling_config, lambda_svc)
    wrap("extract_iam_action", name_call, iam_actions)


def name_call(original, service, method, path, headers, body, query_params):
    """Listing differs from getting in what is asked, not in the path."""
    action = original(service, method, path, headers, body, query_params)
    wanted = (query_params or {}).get("List")
    listing = "ALL" in (wanted if isinstance(wanted, list) else [wanted])
    if action == "lambda:GetProvisionedConcurrencyConfig" and listing:
        return "lambda:ListProvisionedConcurrencyConfigs"
    return action


def refuse(message):
    return error_response_json("InvalidParameterValueException", message, 400)


def configurations(name):
    return (lambda_svc._functions.get(name) or {}).get("provisioned_concurrency", {})


def provisioned(name, but=None):
    """What is provisioned on all versions and aliases together, but for one."""
    items = configurations(name).items()
    return sum(item["RequestedProvisionedConcurrentExecutions"] for qualifier, item in items if qualifier != but)


def get_or_list(original, name, qualifier):
    """One call for both on AWS: ListProvisionedConcurrencyConfigs is the one that names no version or alias."""
    if qualifier or name not in lambda_svc._functions:
        return original(name, qualifier)
    listed = [
        {"FunctionArn": f"{lambda_svc._func_arn(name)}:{on}", **item} for on, item in configurations(name).items()
    ]
    return json_response({"ProvisionedConcurrencyConfigs": listed})


def put_provisioned(original, name, qualifier, data):
    function = lambda_svc._functions.get(name)
    if function is not None:
        if qualifier in (None, "$LATEST"):
            return refuse("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
        reserved = function.get("concurrency")
        total = provisioned(name, but=qualifier) + data.get("ProvisionedConcurrentExecutions", 0)
        if reserved is not None and total > reserved:
            return refuse("Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution")
    return original(name, qualifier, data)


def put_reserved(original, name, data):
    if data.get("ReservedConcurrentExecutions", 0) < provisioned(name):
        return refuse("ReservedConcurrentExecutions should not be lower than function's total provisioned concurrency")
    return original(name, data)


async def scaling_config(original, method, path, headers, body, query):
    match = SCALING_CONFIG.fullmatch(path)
    if match is None:
        return await original(method, path, headers, body, query)
    name = lambda_svc._resolve_name(match[1])
    function = lambda_svc._functions.get(name)
    qualifier = (query.get("Qualifier") or [""])[0]
    if not lambda_svc._function_qualifier_exists(function, qualifier):
        return error_response_json("ResourceNotFoundException", f"Function not found: {match[1]}:{qualifier}", 404)
    if not function["config"].get("CapacityProviderConfig"):
        return refuse("The function does not run on managed instances.")
    scaling = function.setdefault("scaling_config", {})
    if method == "PUT":
        scaling[qualifier] = (json.loads(body) if body else {}).get("FunctionScalingConfig") or {}
        return json_response({"FunctionState": "Deactivated" if is_down(scaling[qualifier]) else "Active"}, 202)
    bounds = scaling.get(qualifier, {})
    arn = f"{lambda_svc._func_arn(name)}:{qualifier}"
    return json_response(
        {"FunctionArn": arn, "RequestedFunctionScalingConfig": bounds, "AppliedFunctionScalingConfig": bounds}
    )


def is_down(bounds):
    return bounds.get("MinExecutionEnvironments") == 0 and bounds.get("MaxExecutionEnvironments") == 0
