import { type Answer, json } from '../http/answer';
import { misbehave } from '../http/misbehave';
import type { Asked } from '../http/router';
import { BOT, TEAM } from '../identity';
import type { Json } from '../json';
import type { Desk } from '../state';
import { refused, type SlackAnswer } from './answers';
import { argumentsOf } from './arguments';
import { postEphemeral, postMessage, update } from './chat';
import { completeUpload, getUploadUrl } from './files';
import { openView } from './views';

/** What the token may do, as every answer of Slack says: docs/slack-app.yml. */
const SCOPES = 'chat:write,commands,files:write,usergroups:read';

type Method = (desk: Desk, args: Json) => SlackAnswer;

const authTest: Method = (desk) => ({
  ok: true,
  url: `${desk.address()}/`,
  team: TEAM.name,
  team_id: TEAM.id,
  user: BOT.name,
  user_id: BOT.userId,
  bot_id: BOT.id,
  is_enterprise_install: false,
});

const METHODS: ReadonlyMap<string, Method> = new Map([
  ['auth.test', authTest],
  ['chat.postEphemeral', postEphemeral],
  ['chat.postMessage', postMessage],
  ['chat.update', update],
  ['files.completeUploadExternal', completeUpload],
  ['files.getUploadURLExternal', getUploadUrl],
  ['views.open', openView],
]);

/** A call to the Slack Web API. */
export const callMethod = (desk: Desk, asked: Asked, name: string): Answer => {
  const fault = desk.faults.take(name);
  if (fault !== undefined) return misbehave(fault);
  const method = METHODS.get(name);
  if (method === undefined) return json(200, { ...refused('unknown_method'), req_method: name });
  const args = argumentsOf(asked);
  if (typeof args === 'string') return json(200, refused(args));
  const token = /^Bearer\s+(\S+)$/i.exec(asked.headers.authorization ?? '')?.[1] ?? args.token;
  if (token === undefined || token === '') return json(200, refused('not_authed'));
  if (token !== desk.options.botToken) return json(200, refused('invalid_auth'));
  return json(200, method(desk, args), { 'X-OAuth-Scopes': SCOPES });
};
