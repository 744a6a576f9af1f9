import { isDeepStrictEqual } from 'node:util';
import {
  type Cors,
  type FunctionUrlAuthType,
  type FunctionUrlConfig,
  type InvokeMode,
  paginateListFunctionUrlConfigs,
  ResourceConflictException,
  ResourceNotFoundException,
  UpdateFunctionUrlConfigCommand,
  type UpdateFunctionUrlConfigCommandInput,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../../suspect/describe';
import { parseFunctionArn } from '../../suspect/functionArn';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';

/** A URL as it is: the function's own (no qualifier) or an alias's. */
type Url = {
  readonly qualifier: string | null;
  readonly url: string;
  readonly authType: FunctionUrlAuthType;
  /** Null where the URL has no CORS settings, which are not the same as empty ones. */
  readonly cors: Cors | null;
  readonly invokeMode: InvokeMode;
};
type Before = {
  /** The URLs that asked nobody who they are. Those that ask for AWS credentials are none of ours. */
  readonly open: readonly Url[];
};

const asUrl = (config: FunctionUrlConfig): Url => ({
  qualifier: parseFunctionArn(config.FunctionArn ?? '')?.qualifier ?? null,
  url: config.FunctionUrl ?? '',
  authType: config.AuthType ?? 'NONE',
  cors: config.Cors ?? null,
  invokeMode: config.InvokeMode ?? 'BUFFERED',
});

/** Every URL of the function; none when the function is gone. */
const list = async ({ arn }: Suspect, { lambda }: ControlTools): Promise<readonly Url[]> => {
  const urls: Url[] = [];
  try {
    for await (const page of paginateListFunctionUrlConfigs({ client: lambda }, { FunctionName: arn }))
      urls.push(...(page.FunctionUrlConfigs ?? []).map(asUrl));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return urls;
};

const liveOf = (urls: readonly Url[], { qualifier }: Url): Url | undefined =>
  urls.find((url) => url.qualifier === qualifier);

const placeOf = ({ qualifier }: Url): string => (qualifier === null ? 'the function' : `alias ${qualifier}`);

const sameSettings = (one: Url, other: Url): boolean =>
  isDeepStrictEqual([one.cors, one.invokeMode], [other.cors, other.invokeMode]);

/** Another change of the function may be in progress: tried again, a bounded number of times. */
const update = async (
  { arn }: Suspect,
  { qualifier }: Url,
  changes: Pick<UpdateFunctionUrlConfigCommandInput, 'AuthType' | 'Cors' | 'InvokeMode'>,
  tools: ControlTools,
): Promise<void> => {
  const command = new UpdateFunctionUrlConfigCommand({
    FunctionName: arn,
    ...(qualifier === null ? {} : { Qualifier: qualifier }),
    ...changes,
  });
  for (let attemptsLeft = 5; ; attemptsLeft--) {
    try {
      await tools.lambda.send(command);
      return;
    } catch (error) {
      if (!(error instanceof ResourceConflictException) || attemptsLeft === 0) throw error;
      await tools.pause(1000);
    }
  }
};

/**
 * Function URLs that ask nobody who they are ask for AWS credentials. Never deleted: AWS gives the address to nobody
 * again, not even to its owner. UpdateFunctionUrlConfig changes what it is given and keeps the rest, so CORS and the
 * invoke mode are not sent along (Terraform's and cdkd's providers depend on the same), and are compared after.
 */
export const functionUrl = defineControl<Before>({
  id: 'function-url',
  title: 'Function URL',
  permissions: {
    contain: ['lambda:ListFunctionUrlConfigs', 'lambda:UpdateFunctionUrlConfig'],
    release: ['lambda:ListFunctionUrlConfigs', 'lambda:UpdateFunctionUrlConfig'],
  },

  capture: async (suspect, tools) => {
    const urls = await list(suspect, tools);
    const open = urls.filter(({ authType }) => authType === 'NONE');
    if (open.length > 0) {
      const where = open.map(placeOf).join(', ');
      return { applies: true, before: { open }, found: `${open.length} of ${urls.length} open: ${where}` };
    }
    return {
      applies: false,
      why:
        urls.length === 0
          ? 'the function has no URL'
          : 'every URL asks for AWS credentials already: reserved concurrency 0 and the resource policy hold it',
    };
  },

  apply: async (suspect, { open }, tools) => {
    const urls = await list(suspect, tools);
    for (const url of open) {
      const live = liveOf(urls, url);
      // One that was deleted is closed; one that was made anew was not recorded, and `verify` tells of it.
      if (live?.url === url.url && live.authType === 'NONE')
        await update(suspect, url, { AuthType: 'AWS_IAM' }, tools);
    }
  },

  verify: async (suspect, { open }, tools) => {
    const urls = await list(suspect, tools);
    const still = urls.filter(({ authType }) => authType === 'NONE');
    const closed = open.filter((url) => liveOf(urls, url)?.authType !== 'NONE').length;
    const changed = open.filter((url) => {
      const live = liveOf(urls, url);
      return live !== undefined && !sameSettings(live, url);
    });
    return {
      held: still.length === 0,
      found: [
        `${closed} of ${open.length} closed`,
        ...still.map((url) => `open: ${placeOf(url)}`),
        ...changed.map((url) => `CORS or invoke mode changed: ${placeOf(url)}`),
      ].join('; '),
    };
  },

  revert: async (suspect, { open }, tools, force) => {
    const urls = await list(suspect, tools);
    const drifted: string[] = [];
    for (const url of open) {
      const drift = await putBack(suspect, url, liveOf(urls, url), tools, force);
      if (drift !== null) drifted.push(drift);
    }
    if (drifted.length > 0) return { outcome: 'drift', detail: drifted.join('; ') };
    return { outcome: 'restored', detail: `open again: ${open.map(placeOf).join(', ')}` };
  },

  describe: (_suspect, { open }) => ({
    does: `ask for AWS credentials at ${open.length} function URL(s): ${open.map(placeOf).join(', ')}`,
    inverse: `ask nobody again at ${open.map(({ url }) => url).join(', ')}`,
    cautions: [
      'callers get 403 instead of 429',
      'who has AWS credentials and a permission is let in as far as reserved concurrency 0 lets anybody in',
    ],
  }),

  undo: ({ region, arn }, { open }) =>
    open.map(({ qualifier, cors, invokeMode }) =>
      awsCli(
        region,
        'lambda',
        'update-function-url-config',
        '--function-name',
        arn,
        // As one word: a name may begin with a dash.
        ...(qualifier === null ? [] : [`--qualifier=${qualifier}`]),
        '--auth-type',
        'NONE',
        ...(cors === null ? [] : ['--cors', JSON.stringify(cors)]),
        '--invoke-mode',
        invokeMode,
      ),
    ),
});

/** Puts one URL back; gives the drift that stands in the way, or null when it is back. */
const putBack = async (
  suspect: Suspect,
  url: Url,
  live: Url | undefined,
  tools: ControlTools,
  force: boolean,
): Promise<string | null> => {
  const place = placeOf(url);
  if (live === undefined)
    return `the URL of ${place} was deleted while contained: ${url.url} cannot be had again`;
  if (live.url !== url.url)
    return `the URL of ${place} was deleted and made anew while contained: ${url.url} cannot be had again, ${live.url} is left as it is`;
  if (live.authType === 'NONE' && sameSettings(live, url)) return null;
  if (live.authType === 'AWS_IAM' && sameSettings(live, url)) {
    await update(suspect, url, { AuthType: 'NONE' }, tools);
    return null;
  }
  if (!force) {
    const what = live.authType === 'NONE' ? 'opened again with other' : 'given other';
    return `the URL of ${place} was ${what} CORS settings or invoke mode while contained: left as it is`;
  }
  // Empty CORS settings take them away; left out, they would stay.
  await update(suspect, url, { AuthType: 'NONE', Cors: url.cors ?? {}, InvokeMode: url.invokeMode }, tools);
  return null;
};
