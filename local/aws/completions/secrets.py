"""Rotation. On AWS RotateSecret calls the secret's rotation function in four steps, after it has answered; the emulator
only moves the labels, over the old value.
"""

import contextvars
import threading

from ministack.core.responses import json_response, new_uuid
from ministack.services import lambda_svc, secretsmanager

from .hooks import require, wrap

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def install():
    require(lambda_svc, "_get_func_record_for_ref", "_execution_record_for_config", "_execute_function_with_config_scope")
    require(secretsmanager, "_resolve")
    wrap("_rotate_secret", rotate, secretsmanager)
    wrap("_put_secret_value", one_version_a_label, secretsmanager)


def one_version_a_label(original, data):
    """A label is on one version at a time; the emulator leaves AWSPENDING on the version before as well."""
    answer = original(data)
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    token = data.get("ClientRequestToken")
    if secret and token in secret["Versions"]:
        labels = set(data.get("VersionStages") or ["AWSCURRENT"]) - {"AWSCURRENT", "AWSPREVIOUS"}
        for version, what in secret["Versions"].items():
            if version != token:
                what["Stages"] = [stage for stage in what["Stages"] if stage not in labels]
    return answer


def rotate(original, data):
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    function = data.get("RotationLambdaARN") or (secret or {}).get("RotationLambdaARN")
    if not secret or secret.get("DeletedDate") or not function:
        return original(data)
    token = data.get("ClientRequestToken") or new_uuid()
    secret["RotationLambdaARN"] = function
    secret["RotationRules"] = data.get("RotationRules") or secret.get("RotationRules")
    secret["RotationEnabled"] = True
    if data.get("RotateImmediately", True):
        # The account and region of the request travel in context variables.
        context = contextvars.copy_context()
        steps = threading.Thread(target=context.run, args=(run_steps, function, secret["ARN"], token), daemon=True)
        steps.start()
    return json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})


def run_steps(function, arn, token):
    record, config, _name = lambda_svc._get_func_record_for_ref(function)
    if record is None:
        return
    for step in STEPS:
        event = {"Step": step, "SecretId": arn, "ClientRequestToken": token}
        result = lambda_svc._execute_function_with_config_scope(
            lambda_svc._execution_record_for_config(record, config), event
        )
        if result.get("error"):
            # As on AWS: the new version stays AWSPENDING, the current one stays current.
            return
