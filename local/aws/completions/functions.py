"""A function's error keeps its name. On AWS `errorType` is the thrown error's name, which Retry and Catch match; the
emulator's Node worker drops it and reports every error as Runtime.HandlerError.
"""

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from .hooks import rewrite, wrap

THROWN = {
    'status: "error", error: String(err.message || err), trace: err.stack || ""':
    'status: "error", error: String(err.message || err), trace: err.stack || "", '
    'errorType: err instanceof Error ? err.name : typeof err',
    'status: "error", error: e.message, trace: e.stack\n':
    'status: "error", error: e.message, trace: e.stack, errorType: e.name\n',
}


def install():
    rewrite(lambda_runtime, "_NODEJS_WORKER_SCRIPT", THROWN)
    wrap("invoke", keep_name, lambda_runtime.Worker)
    wrap("_execute_function_warm", report_name, lambda_svc)


class NamedMessage(str):
    """An error's message that remembers its name on the way through code which passes only messages on."""

    name = ""
    trace = ()


def keep_name(original, worker, *args, **kwargs):
    response = original(worker, *args, **kwargs)
    if response.get("status") == "error" and response.get("errorType"):
        message = NamedMessage(response.get("error") or "")
        message.name = response["errorType"]
        message.trace = (response.get("trace") or "").split("\n")
        response["error"] = message
    return response


def report_name(original, *args, **kwargs):
    result = original(*args, **kwargs)
    body = result.get("body")
    message = body.get("errorMessage") if result.get("error") and isinstance(body, dict) else None
    if isinstance(message, NamedMessage):
        body |= {"errorType": message.name, "trace": message.trace}
    return result
