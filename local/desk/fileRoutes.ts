import { type Answer, refusal } from './http/answer';
import type { Asked } from './http/router';
import type { Desk } from './state';
import type { Uploaded } from './store/files';

const STATUSES: Readonly<Record<Exclude<Uploaded, 'ok'>, number>> = {
  no_such_upload: 404,
  uploaded_already: 409,
  wrong_length: 400,
};

/** The bytes of a file, to the address that files.getUploadURLExternal gave. Raw: of the two ways that Slack takes. */
export const takeUpload = (desk: Desk, { headers, bytes }: Asked, secret: string): Answer => {
  if (/^multipart\//i.test(headers['content-type'] ?? ''))
    return refusal(400, 'the desk takes the raw bytes of a file alone');
  const fault = desk.faults.take('upload/v1');
  if (fault !== undefined) return refusal(fault.status ?? 500, fault.error ?? 'internal_error');
  const outcome = desk.files.upload(secret, bytes);
  return outcome === 'ok'
    ? { status: 200, headers: { 'Content-Type': 'text/plain' }, body: `OK - ${bytes.length}` }
    : refusal(STATUSES[outcome], outcome);
};

/** What is safe in a header and on every disk. */
const safeName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '_').slice(0, 100) || 'file';

/** A shared file, to be saved: whatever is in it, it is never shown here, and no browser is to guess what it is. */
export const giveFile = (desk: Desk, id: string): Answer => {
  const file = desk.files.find(id);
  if (file === undefined || file.content === null || !file.completed) return refusal(404, 'no such file');
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${safeName(file.name)}"`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
    },
    body: file.content,
  };
};
