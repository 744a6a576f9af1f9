"""Bytes that are evidence: a large object is locked like a small one, S3 says what it took and asks whoever reads an
encrypted one for its key, and a version's code is that version's.
"""

import re
from urllib.parse import parse_qsl

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import kms, lambda_svc, s3

from .hooks import require, wrap

UPLOAD_ID = re.compile(rb"<UploadId>([^<]+)</UploadId>")


def install():
    require(s3, "_multipart_uploads", "_object_tags", "_object_retention", "_apply_object_lock_from_headers", "_qp")
    require(s3, "_resolve_object_checksums", "_parse_range")
    wrap("_get_object", slice_version, s3)
    require(kms, "_resolve_key")
    require(iam_evaluator, "enforce")
    wrap("_get_object", ask_for_key, s3)
    require(lambda_svc, "_functions")
    wrap("_put_object", say_checksum, s3)
    wrap("_create_multipart_upload", remember_lock, s3)
    wrap("_complete_multipart_upload", apply_lock, s3)
    wrap("_get_function", name_version, lambda_svc)
    wrap("serve_function_code", serve_version, lambda_svc)


def remember_lock(original, bucket, key, headers):
    """A multipart upload names its lock and its tags when it begins; the emulator forgets them, and the bucket's
    default lock too.
    """
    response = original(bucket, key, headers)
    upload = UPLOAD_ID.search(response[2])
    if response[0] == 200 and upload:
        lock = {name: value for name, value in headers.items() if name.startswith("x-amz-object-lock-")}
        s3._multipart_uploads[upload[1].decode()]["lock"] = lock
        s3._multipart_uploads[upload[1].decode()]["tagging"] = headers.get("x-amz-tagging", "")
    return response


def apply_lock(original, bucket, key, body, query, headers=None):
    begun = s3._multipart_uploads.get(s3._qp(query, "uploadId")) or {}
    lock, tags = begun.get("lock"), dict(parse_qsl(begun.get("tagging", ""), keep_blank_values=True))
    response = original(bucket, key, body, query, headers)
    if response[0] == 200 and lock is not None:
        s3._apply_object_lock_from_headers(bucket, key, lock, response[1].get("x-amz-version-id"))
    if response[0] == 200 and tags:
        s3._object_tags[(bucket, key, response[1].get("x-amz-version-id"))] = tags
    if response[0] == 200 and b"<Checksum" not in response[2]:
        stored = (s3._ensure_bucket(bucket)["objects"].get(key) or {}).get("checksums") or {}
        for name, value in stored.items():
            element = f"<Checksum{name}>{value}</Checksum{name}></CompleteMultipartUploadResult>".encode()
            response = (200, response[1], response[2].replace(b"</CompleteMultipartUploadResult>", element))
    return response


def slice_version(original, bucket, key, headers, query=None):
    """A range of a version; the emulator slices the newest alone, and gives a version whole."""
    response = original(bucket, key, headers, query)
    asked = headers.get("range", "")
    if response[0] != 200 or not asked or not s3._qp(query or {}, "versionId"):
        return response
    body = response[2]
    found = s3._parse_range(asked, len(body))
    if found is None:
        return s3._error("InvalidRange", "The requested range is not satisfiable", 416, f"/{bucket}/{key}")
    # S3 gives no checksum of the whole with a part of it.
    kept = {name: value for name, value in response[1].items() if not name.startswith("x-amz-checksum-")}
    part = body[found[0] : found[1] + 1]
    named = {"Content-Range": f"bytes {found[0]}-{found[1]}/{len(body)}", "Content-Length": str(len(part))}
    return 206, kept | named, part


def ask_for_key(original, bucket, key, headers, query=None):
    """Whoever reads an object under a KMS key needs kms:Decrypt with it too, which its policy may deny."""
    response = original(bucket, key, headers, query)
    sealed = {name.lower(): value for name, value in response[1].items()}
    record = kms._resolve_key(sealed.get("x-amz-server-side-encryption-aws-kms-key-id", ""))
    reader = re.search(r"Credential=([^/]+)/", headers.get("authorization", ""))
    if response[0] not in (200, 206) or not record or not reader:
        return response
    if iam_evaluator.enforce(reader[1], "kms:Decrypt", "kms", get_region(), record["Arn"]) is None:
        return response
    message = f"User is not authorized to perform: kms:Decrypt on resource: {record['Arn']}"
    return s3._error("AccessDenied", message, 403, f"/{bucket}/{key}")


def say_checksum(original, bucket, key, body, headers):
    """PutObject answers with the checksum that S3 keeps of the object."""
    response = original(bucket, key, body, headers)
    if response[0] == 200:
        checksums, _ = s3._resolve_object_checksums(body, headers)
        response[1].update({f"x-amz-checksum-{name.lower()}": value for name, value in checksums.items()})
    return response


def name_version(original, name, qualifier=None):
    """GetFunction of a version points at that version's code; the emulator serves the newest for all."""
    status, headers, body = original(name, qualifier)
    version = re.search(rb'"Version": ?"(\d+)"', body)
    if status == 200 and version:
        body = body.replace(f"/{name}?X-Amz-".encode(), f"/{name}:{version[1].decode()}?X-Amz-".encode())
    return status, headers, body


def serve_version(original, name, account_id=None, region=None):
    name, _, version = name.partition(":")
    if not version:
        return original(name, account_id, region)
    function = lambda_svc._functions.get_scoped(account_id, region, name) or {}
    record = function.get("versions", {}).get(version) or {}
    if not record.get("code_zip"):
        return 404, {"Content-Type": "text/plain"}, b"Version not found"
    return 200, {"Content-Type": "application/zip"}, record["code_zip"]
