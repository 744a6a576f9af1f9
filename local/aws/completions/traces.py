"""X-Ray's traces, which the emulator does not know: segments that are put, found by the service that wrote them and
given back by id. Sampling, groups, insights and the service map are not here.
"""

import json
import re
import time

from ministack.core import iam_actions, router
from ministack.core.responses import AccountRegionScopedDict, error_response_json, json_response

from .hooks import require

SERVICE = "xray"
# service(id(name: "…", type: "…")), one or several of which may hold; nothing else of the language.
BY_SERVICE = re.compile(r'service\(id\(name: "([^"]*)", type: "([^"]*)"\)\)')
LONGEST = 6 * 3600
MOST_IDS = 5

segments = AccountRegionScopedDict()


def install():
    # After `trail`: it imports the application, which takes names from what the other completions change.
    from ministack import app

    require(app, "SERVICE_HANDLERS")
    require(iam_actions, "SERVICE_TO_IAM_NAMESPACE", "_BOTOCORE_SERVICE_MAP")
    require(router, "SERVICE_PATTERNS")
    # Without it the router reads the model of every AWS service to learn whether there is such a one.
    router.SERVICE_PATTERNS[SERVICE] = {}
    app.SERVICE_HANDLERS[SERVICE] = handle_request
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    iam_actions._BOTOCORE_SERVICE_MAP[SERVICE] = [SERVICE]


async def handle_request(_method, path, _headers, body, _query):
    calls = {"/TraceSegments": put, "/TraceSummaries": summarise, "/Traces": give}
    if path not in calls:
        return refuse(f"{path} is not served here")
    return calls[path](json.loads(body) if body else {})


def refuse(message):
    return error_response_json("InvalidRequestException", message, 400)


def put(data):
    for document in data.get("TraceSegmentDocuments", []):
        segment = json.loads(document)
        trace = segments.get(segment["trace_id"]) or []
        segments[segment["trace_id"]] = [*trace, (segment, document)]
    return json_response({"UnprocessedTraceSegments": []})


def summarise(data):
    start, end = float(data["StartTime"]), float(data["EndTime"])
    if end - start > LONGEST:
        return refuse("Time range cannot be longer than 6 hours")
    expression = data.get("FilterExpression", "")
    wanted = BY_SERVICE.findall(expression)
    if BY_SERVICE.sub("", expression).replace("OR", "").strip():
        return refuse(f"Filter expressions of this kind are not served here: {expression}")
    summaries = []
    for trace_id, trace in segments.items():
        began = min(segment["start_time"] for segment, _ in trace)
        ended = max(segment.get("end_time", segment["start_time"]) for segment, _ in trace)
        services = [(segment["name"], segment.get("origin", "")) for segment, _ in trace]
        if not start <= began <= end or (wanted and not any(service in wanted for service in services)):
            continue
        ids = [{"Name": name, "Names": [name], "Type": kind} for name, kind in services]
        summaries.append({"Id": trace_id, "Duration": ended - began, "ServiceIds": ids, "StartTime": began})
    found = {"ApproximateTime": time.time(), "TracesProcessedCount": len(segments), "TraceSummaries": summaries}
    return json_response(found)


def give(data):
    wanted = data.get("TraceIds", [])
    if len(wanted) > MOST_IDS:
        return refuse(f"At most {MOST_IDS} trace ids at a time")
    known = [(trace_id, segments.get(trace_id)) for trace_id in wanted]
    traces = [
        {"Id": trace_id, "Segments": [{"Id": segment["id"], "Document": document} for segment, document in trace]}
        for trace_id, trace in known
        if trace
    ]
    missing = [trace_id for trace_id, trace in known if not trace]
    return json_response({"Traces": traces, "UnprocessedTraceIds": missing})
