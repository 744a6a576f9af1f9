import { mkdirSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { NotLoopback } from './errors';
import { type LocalAws, root } from './state';

/**
 * Refuses every endpoint that is not this machine. The URL is read as `fetch` will read it, so a number that is an
 * address (`http://2130706433`) counts as that address, and a name that merely begins like one does not.
 */
export function assertLoopback(endpoint: string): void {
  if (isLoopback(endpoint)) return;
  throw new NotLoopback(
    `The endpoint ${withoutCredentials(endpoint)} is not on this machine: a local AWS is reached on 127.0.0.1, ::1 or localhost over http(s) only.`,
  );
}

function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, username, password } = new URL(endpoint);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  // `http://localhost@evil.com` is evil.com; no endpoint of ours has a user, so none is accepted.
  if (username || password) return false;
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIPv4(hostname) && hostname.startsWith('127.');
}

function withoutCredentials(endpoint: string): string {
  return JSON.stringify(endpoint.replace(/\/\/[^/]*@/, '//…@'));
}

/**
 * The whole environment of a child process that speaks to the local AWS. Nothing else of the user's is passed on:
 * no profile, no key, no proxy, and a home without `~/.aws`.
 */
export function cleanEnvironment(aws: LocalAws): Record<string, string> {
  assertLoopback(aws.endpoint);
  const home = join(root, '.local', 'home');
  mkdirSync(home, { recursive: true });
  return {
    ...inherited(),
    HOME: home,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_DEFAULT_REGION: aws.region,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Never made: an SDK that would look for a profile finds none.
    AWS_CONFIG_FILE: join(home, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'no-aws-credentials'),
    AWS_PAGER: '',
    // Node 20 is enough for the locked SDK versions.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // The deployment tool's own calls home are requests that leave this machine too.
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    SLS_ANALYTICS_DISABLED: '1',
    SLS_TRACKING_DISABLED: '1',
    SLS_INTERACTIVE_SETUP_ENABLE: '0',
    NO_UPDATE_NOTIFIER: '1',
    NO_PROXY: '127.0.0.1,localhost,::1',
  };
}

/** What a child needs of the user's shell to run at all; node's own directory first, so that it runs on this node. */
export function inherited(): Record<string, string> {
  const { PATH = '', LANG = 'C.UTF-8' } = process.env;
  return { PATH: [dirname(process.execPath), PATH].join(delimiter), LANG };
}
