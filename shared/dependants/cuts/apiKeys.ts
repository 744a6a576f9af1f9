import {
  type APIGatewayClient,
  GetApiKeyCommand,
  NotFoundException,
  paginateGetApiKeys,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { awsCli } from '../../containment/awsCli';
import { OWNER_TAG } from '../../rotation/ownership';
import { defineCut, type Reach, type Target } from '../cut';

type Before = { readonly enabled: boolean };

/** As IAM names a key: it has no account in it. */
const arnOf = ({ suspectArn, region }: Reach, id: string): string =>
  `arn:${suspectArn.split(':')[1]}:apigateway:${region}::/apikeys/${id}`;
const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

const isEnabled = async (client: APIGatewayClient, arn: string): Promise<boolean | 'gone'> => {
  try {
    return (
      (await client.send(new GetApiKeyCommand({ apiKey: idOf(arn), includeValue: false }))).enabled === true
    );
  } catch (error) {
    if (error instanceof NotFoundException) return 'gone';
    throw error;
  }
};

const set = async (client: APIGatewayClient, arn: string, enabled: boolean): Promise<void> => {
  await client.send(
    new UpdateApiKeyCommand({
      apiKey: idOf(arn),
      patchOperations: [{ op: 'replace', path: '/enabled', value: String(enabled) }],
    }),
  );
};

/**
 * API keys (API Gateway, REST) that are the suspect's own by their tag: it held them, and so may whoever had it
 * (MITRE ATT&CK T1552). Their values are never asked for. One that was disabled before is not enabled by us.
 */
export const apiKeys = defineCut<Before>({
  kind: 'api-keys',
  title: 'API keys that are its own',
  // API Gateway has one permission for each method of HTTP.
  permissions: ['apigateway:GET', 'apigateway:PATCH'],

  find: async (reach, { apiGateway }) => {
    const targets: Target<Before>[] = [];
    const pages = paginateGetApiKeys({ client: apiGateway, pageSize: 500 }, { includeValues: false });
    for await (const { items = [] } of pages) {
      for (const { id, enabled, tags = {} } of items) {
        const owner = tags[OWNER_TAG];
        const isOwn = owner === reach.functionName || owner === reach.suspectArn;
        if (id === undefined || !isOwn) continue;
        const breaks = `whoever calls with the API key ${id} is refused`;
        targets.push({ id: arnOf(reach, id), before: { enabled: enabled === true }, breaks });
      }
    }
    return targets;
  },

  cut: async ({ id }, _reach, { apiGateway }) => {
    if ((await isEnabled(apiGateway, id)) === true) await set(apiGateway, id, false);
  },

  isCut: async ({ id }, _reach, { apiGateway }) => (await isEnabled(apiGateway, id)) !== true,

  mend: async ({ id, before }, _reach, { apiGateway }) => {
    const live = await isEnabled(apiGateway, id);
    if (live === 'gone') return { outcome: 'drift', detail: 'the API key no longer exists' };
    if (!before.enabled) return { outcome: 'restored', detail: 'it was disabled before, and stays so' };
    if (live) return { outcome: 'restored', detail: 'it is enabled already' };
    await set(apiGateway, id, true);
    return { outcome: 'restored', detail: 'it is enabled again, with the value that it had' };
  },

  does: 'disable its API keys',
  cautions: [
    'a key stays as known as it was: if it was stolen, replace it before it is enabled again',
    'only keys of REST APIs are found; a method that asks for no key is as open as before',
  ],

  undo: ({ id, before }, { region }) =>
    before.enabled
      ? [
          awsCli(
            region,
            ...['apigateway', 'update-api-key', '--api-key', idOf(id)],
            ...['--patch-operations', 'op=replace,path=/enabled,value=true'],
          ),
        ]
      : [],
});
