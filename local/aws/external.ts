import { assertLoopback } from './guard';
import { accountOf } from './health';
import type { LocalAws } from './state';

/** The shape of a real AWS access key id. One in the user's shell is theirs and has no business here. */
const realKey = /^A(KIA|SIA|GPA|IDA|ROA)[A-Z0-9]{12,}$/;

/** The emulator the user runs already, when AWS_ENDPOINT_URL names one. */
export async function externalAws(environment: NodeJS.ProcessEnv): Promise<LocalAws | undefined> {
  const endpoint = environment.AWS_ENDPOINT_URL;
  // Variables of our own `.local/env`, sourced: that is no emulator of the user's, and may be gone by now.
  if (!endpoint || endpoint === environment.TOURNIQUET_LOCAL_AWS) return undefined;
  assertLoopback(endpoint);
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = environment;
  const own = id && secret && !realKey.test(id) ? { accessKeyId: id, secretAccessKey: secret } : undefined;
  const known = {
    endpoint: endpoint.replace(/\/+$/, ''),
    region: 'us-east-1',
    ...(own ?? { accessKeyId: 'test', secretAccessKey: 'test' }),
  };
  return { ...known, accountId: await accountOf(known), pid: 0 };
}
