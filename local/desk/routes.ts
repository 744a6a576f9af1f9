import { z } from 'zod';
import { snapshot } from './drawing/snapshot';
import { giveFile, takeUpload } from './fileRoutes';
import { json } from './http/answer';
import { parseBody } from './http/body';
import type { Route } from './http/router';
import { press } from './interaction/press';
import { respond } from './interaction/respond';
import { close, submit } from './interaction/submit';
import { page, pageFile } from './pageFiles';
import { enqueue } from './pagerDuty/enqueue';
import { callMethod } from './slack/webApi';
import type { Desk } from './state';

const faultSchema = z.object({
  method: z.string().min(1),
  error: z.string().min(1).optional(),
  status: z.int().min(200).max(599).optional(),
  retryAfter: z.number().min(0).optional(),
  times: z.int().min(0).max(1000).default(1),
});

/** Everything that the desk answers, but for the stream of changes. */
export const ROUTES: readonly Route<Desk>[] = [
  { method: 'GET', path: '/', handle: page },
  { method: 'GET', path: '/page/:file', handle: (_, __, params) => pageFile(params('file')) },
  { method: 'GET', path: '/api/desk', handle: (desk) => json(200, snapshot(desk)) },
  { method: 'GET', path: '/api/health', handle: () => json(200, { ok: true }) },
  { method: 'GET', path: '/api/messages', handle: (desk) => json(200, desk.messages.all()) },
  {
    method: 'POST',
    path: '/api/messages/:ts/actions/:action',
    handle: (desk, { rawBody }, params) => press(desk, params('ts'), params('action'), rawBody),
  },
  { method: 'GET', path: '/api/views', handle: (desk) => json(200, desk.views.all()) },
  {
    method: 'POST',
    path: '/api/views/:id/submit',
    handle: (desk, { rawBody }, params) => submit(desk, params('id'), rawBody),
  },
  {
    method: 'POST',
    path: '/api/views/:id/close',
    handle: (desk, { rawBody }, params) => close(desk, params('id'), rawBody),
  },
  {
    method: 'PUT',
    path: '/api/interactions-url',
    handle: (desk, { rawBody }) => {
      desk.target.set(parseBody(rawBody, z.object({ url: z.string() })).url);
      desk.stream.changed();
      return json(200, { ok: true, url: desk.target.url() });
    },
  },
  {
    method: 'PUT',
    path: '/api/faults',
    handle: (desk, { rawBody }) => {
      desk.faults.set(parseBody(rawBody, faultSchema));
      return json(200, { ok: true, faults: desk.faults.all() });
    },
  },
  {
    method: 'GET',
    path: '/api/pagerduty',
    handle: ({ alerts }) => json(200, { events: alerts.events(), alerts: alerts.alerts() }),
  },
  { method: 'POST', path: '/v2/enqueue', handle: (desk, { rawBody }) => enqueue(desk, rawBody) },
  {
    method: 'POST',
    path: '/actions/:team/:id/:secret',
    handle: (desk, { rawBody }, params) => respond(desk, params('id'), params('secret'), rawBody),
  },
  {
    method: 'POST',
    path: '/upload/v1/:secret',
    handle: (desk, asked, params) => takeUpload(desk, asked, params('secret')),
  },
  { method: 'GET', path: '/files/:id', handle: (desk, _, params) => giveFile(desk, params('id')) },
  // After the script API: a Slack method is whatever else stands there.
  {
    method: 'POST',
    path: '/api/:method',
    handle: (desk, asked, params) => callMethod(desk, asked, params('method')),
  },
  {
    method: 'GET',
    path: '/api/:method',
    handle: (desk, asked, params) => callMethod(desk, asked, params('method')),
  },
];
