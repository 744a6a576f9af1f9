"""Log events page by page. The emulator gives the first ten thousand and drops the rest without a word."""

from collections import OrderedDict

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

from .hooks import require, wrap

MOST_EVENTS = 10_000
MOST_BYTES = 1024 * 1024
# What CloudWatch Logs counts for an event beside its text.
OVERHEAD = 26

# What a search found, by its token: what comes in later is in none of its pages. The oldest is forgotten.
searches = OrderedDict()
MOST_SEARCHES = 8


def install():
    require(cloudwatch_logs, "_log_groups", "_log_events_lock", "_compile_filter_pattern", "_resolve_log_group_name")
    wrap("_filter_log_events", page, cloudwatch_logs)


def page(original, data):
    group = cloudwatch_logs._resolve_log_group_name(data)
    if group not in cloudwatch_logs._log_groups:
        return original(data)
    token = data.get("nextToken")
    search, _, start = (token or "").partition("/")
    if token is None:
        found = search_in(group, data)
        search, start = cloudwatch_logs.new_uuid(), 0
    else:
        found = searches.get(search)
        if found is None or not start.isdigit():
            return error_response_json("InvalidParameterException", "The specified nextToken is invalid.", 400)
    start = int(start)
    end, size = start, 0
    most = min(data.get("limit", MOST_EVENTS), MOST_EVENTS)
    while end < len(found) and end - start < most:
        size += len(found[end][0]["message"].encode(errors="replace")) + OVERHEAD
        if size > MOST_BYTES and end > start:
            break
        end += 1
    events = [{**event, "logStreamName": stream} for event, stream in found[start:end]]
    answer = {"events": events, "searchedLogStreams": []}
    if end < len(found):
        searches[search] = found
        while len(searches) > MOST_SEARCHES:
            searches.popitem(last=False)
        answer["nextToken"] = f"{search}/{end}"
    else:
        searches.pop(search, None)
    return json_response(answer)


def search_in(group, data):
    matches = cloudwatch_logs._compile_filter_pattern(data.get("filterPattern", ""))
    first, last = data.get("startTime"), data.get("endTime")
    streams = cloudwatch_logs._log_groups[group]["streams"]
    with cloudwatch_logs._log_events_lock:
        found = [
            (event, name)
            for name in data.get("logStreamNames") or list(streams)
            if name in streams
            for event in streams[name]["events"]
            if (first is None or event["timestamp"] >= first)
            and (last is None or event["timestamp"] <= last)
            and matches(event.get("message", ""))
        ]
    return sorted(found, key=lambda entry: (entry[0]["timestamp"], entry[0].get("ingestionTime", 0)))
