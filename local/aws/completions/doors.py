"""Resource policies and function URLs. On AWS the function, each alias and each version have a policy of their own and
a URL's ARN names its alias; the emulator keeps one policy for all, without a revision, and names the function only.
"""

import hashlib
import inspect
import json
import re

from ministack.core import iam_actions
from ministack.services import lambda_svc

from .hooks import require, wrap

URL_WRITES = ("lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig")


def install():
    require(lambda_svc, "_functions", "_function_urls", "_policy_resource_arn", "_qualifier_from_path_or_query")
    require(lambda_svc, "_url_config_key", "error_response_json", "json_response")
    wrap("_add_permission", add_permission, lambda_svc)
    wrap("_remove_permission", remove_permission, lambda_svc)
    wrap("_get_policy", get_policy, lambda_svc)
    wrap("_create_function_url_config", create_url, lambda_svc)
    wrap("_update_function_url_config", update_url, lambda_svc)
    wrap("request_tag_context", url_auth_type, iam_actions)


def add_permission(original, *args, **kwargs):
    call = arguments(original, *args, **kwargs)
    data = call["data"] = dict(call.get("data") or {})
    principal = str(data.get("Principal", ""))
    # An account is its root, for IAM.
    if re.fullmatch(r"\d{12}", principal):
        data["Principal"] = f"arn:aws:iam::{principal}:root"

    def add(policy):
        answer = refusal(policy, data.get("RevisionId")) or original(**call)
        if answer[0] != 201 or not principal.endswith(".amazon.com"):
            return answer
        # Alexa's are services too, though not of amazonaws.com.
        policy["Statement"][-1]["Principal"] = {"Service": principal}
        return lambda_svc.json_response({"Statement": json.dumps(policy["Statement"][-1])}, 201)

    return in_policy_of(call, add)


def remove_permission(original, *args, **kwargs):
    call = arguments(original, *args, **kwargs)
    wanted = (call.get("query_params") or {}).get("RevisionId")
    wanted = wanted[0] if isinstance(wanted, list) else wanted
    return in_policy_of(call, lambda policy: refusal(policy, wanted) or original(**call))


def get_policy(original, *args, **kwargs):
    call = arguments(original, *args, **kwargs)

    def get(policy):
        answer = original(**call)
        if answer[0] != 200:
            return answer
        if not policy["Statement"]:
            message = "The resource you requested does not exist."
            return lambda_svc.error_response_json("ResourceNotFoundException", message, 404)
        return lambda_svc.json_response({"Policy": json.dumps(policy), "RevisionId": revision(policy)})

    return in_policy_of(call, get)


def arguments(original, *args, **kwargs):
    return dict(inspect.signature(original).bind(*args, **kwargs).arguments)


def in_policy_of(call, step):
    """Runs a step that sees the statements of one resource, and keeps those of the others."""
    name, path_qualifier = call["func_name"], call.get("path_qualifier")
    function = lambda_svc._functions.get(name)
    if function is None:
        return step({"Statement": []})
    qualifier = lambda_svc._qualifier_from_path_or_query(path_qualifier, call.get("query_params"))
    arn = lambda_svc._policy_resource_arn(name, qualifier)
    policy = function["policy"]
    others = [one for one in policy["Statement"] if one.get("Resource") != arn]
    policy["Statement"] = [one for one in policy["Statement"] if one.get("Resource") == arn]
    try:
        return step(policy)
    finally:
        policy["Statement"] = policy["Statement"] + others


def revision(policy):
    digest = hashlib.sha256(json.dumps(policy["Statement"]).encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def refusal(policy, wanted):
    if not wanted or wanted == revision(policy):
        return None
    message = "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve it."
    return lambda_svc.error_response_json("PreconditionFailedException", message, 412)


def create_url(original, func_name, data, qualifier):
    answer = original(func_name, data, qualifier)
    if answer[0] != 201 or not qualifier or qualifier == "$LATEST":
        return answer
    config = lambda_svc._function_urls[lambda_svc._url_config_key(func_name, qualifier)]
    config["FunctionArn"] = f"{config['FunctionArn']}:{qualifier}"
    return lambda_svc.json_response(config, status=201)


def update_url(original, func_name, data, qualifier):
    """Empty CORS settings are none."""
    answer = original(func_name, data, qualifier)
    if answer[0] != 200 or data.get("Cors") != {}:
        return answer
    config = lambda_svc._function_urls[lambda_svc._url_config_key(func_name, qualifier)]
    config.pop("Cors", None)
    return lambda_svc.json_response(config)


def url_auth_type(original, service, iam_action, body, params):
    """lambda:FunctionUrlAuthType, by which a responder may close a URL and never open one."""
    context = original(service, iam_action, body, params)
    if iam_action in URL_WRITES:
        asked = json.loads(body or b"{}").get("AuthType")
        if asked is not None:
            context["lambda:FunctionUrlAuthType"] = asked
    return context
