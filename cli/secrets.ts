import { createInterface } from 'node:readline';
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { Argument, type Command } from 'commander';
import { complain, dim, say } from '../local/print';
import { ssmClient } from '../shared/aws/clients';
import { SECURE_PARAMETERS, type SecureParameter } from '../shared/aws/secureParameters';
import type { Target } from './target';

/** What a secret looks like, where its issuer says so: a wrong paste is refused before it locks people out. */
const FORMS: Readonly<Partial<Record<SecureParameter, { readonly form: RegExp; readonly hint: string }>>> = {
  'slack-bot-token': { form: /^xoxb-[\w-]{10,250}$/, hint: 'a bot token of Slack begins with xoxb-' },
  'slack-signing-secret': {
    form: /^[0-9a-f]{32}$/,
    hint: 'a signing secret of Slack has 32 characters from 0 to 9 and a to f',
  },
  'pagerduty-routing-key': {
    form: /^[0-9A-Za-z]{32}$/,
    hint: 'an integration key of PagerDuty (Events API v2) has 32 letters and digits',
  },
  'webhook-secret': {
    form: /^\S{24,256}$/,
    hint: 'take 24 characters at least, for example of openssl rand -hex 32',
  },
};

/** What may be set by hand: the old signing secret is kept by a rotation alone. */
const SETTABLE = SECURE_PARAMETERS.filter((name) => name !== 'slack-signing-secret-previous');

/** The secret could not be taken. Never holds its value. */
export class SecretRefusedError extends Error {
  override readonly name = 'SecretRefusedError';
}

const pathOf = (prefix: string, name: SecureParameter): string => `/${prefix.replace('-', '/')}/${name}`;

const put = (ssm: SSMClient, Name: string, Value: string) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));

const read = async (ssm: SSMClient, Name: string): Promise<string | null> => {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return Parameter?.Value ?? null;
  } catch (error) {
    if (error instanceof ParameterNotFound) return null;
    throw error;
  }
};

/**
 * Keeps a secret. A new signing secret holds beside the one before it, until that is forgotten: Slack and we cannot
 * change at the same moment. Throws {@link SecretRefusedError} for what is no such secret.
 */
export const setSecret = async (
  ssm: SSMClient,
  prefix: string,
  name: SecureParameter,
  text: string,
): Promise<readonly string[]> => {
  const value = text.trim();
  const expected = FORMS[name];
  if (value === '') throw new SecretRefusedError(`${name}: nothing was given`);
  if (expected !== undefined && !expected.form.test(value))
    throw new SecretRefusedError(`${name}: ${expected.hint}; nothing was changed`);
  const path = pathOf(prefix, name);
  const before = name === 'slack-signing-secret' ? await read(ssm, path) : null;
  if (before !== null && before !== value)
    await put(ssm, pathOf(prefix, 'slack-signing-secret-previous'), before);
  await put(ssm, path, value);
  return [
    `${path} is set. It is taken up within five minutes.`,
    ...(before === null || before === value
      ? []
      : ['The one before it holds too, until: npx tourniquet secrets forget slack-signing-secret-previous']),
  ];
};

export const forgetSecret = async (
  ssm: SSMClient,
  prefix: string,
  name: SecureParameter,
): Promise<string> => {
  const path = pathOf(prefix, name);
  try {
    await ssm.send(new DeleteParameterCommand({ Name: path }));
    return `${path} is gone. It holds for five minutes at most.`;
  } catch (error) {
    if (error instanceof ParameterNotFound) return `${path} was not set.`;
    throw error;
  }
};

/** Which are set, and since when. Never a value. */
export const listSecrets = async (ssm: SSMClient, prefix: string): Promise<readonly string[]> => {
  const { Parameters = [] } = await ssm.send(
    new DescribeParametersCommand({
      ParameterFilters: [
        { Key: 'Name', Option: 'Equals', Values: SECURE_PARAMETERS.map((name) => pathOf(prefix, name)) },
      ],
    }),
  );
  const known = new Map(Parameters.map(({ Name = '', LastModifiedDate }) => [Name, LastModifiedDate]));
  return SECURE_PARAMETERS.map((name) => {
    const path = pathOf(prefix, name);
    const since = known.get(path);
    return `${name.padEnd(30)} ${known.has(path) ? `set ${since?.toISOString().slice(0, 16).replace('T', ' ') ?? ''}` : 'not set'}`;
  });
};

/** From a pipe as it comes; on a terminal by a prompt that shows nothing of it. */
const ask = async (name: string): Promise<string> => {
  if (!process.stdin.isTTY) {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }
  process.stderr.write(`${name} (not shown): `);
  const lines = createInterface({ input: process.stdin, terminal: true, historySize: 0 });
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => reject(new SecretRefusedError('nothing was changed')));
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
};

export const addSecretsCommands = (program: Command, target: () => Promise<Target>): void => {
  const secrets = program
    .command('secrets')
    .description('tokens and keys of the channels, in SSM: which are set')
    .action(async () => {
      const { prefix } = await target();
      say((await listSecrets(ssmClient(), prefix)).join('\n'));
    });
  secrets
    .command('set')
    .addArgument(new Argument('<name>', 'which').choices(SETTABLE))
    .description('keep one: asked for without being shown, or taken from standard input')
    .action(async (name: SecureParameter) => {
      const { prefix } = await target();
      say((await setSecret(ssmClient(), prefix, name, await ask(name))).join('\n'));
    });
  secrets
    .command('forget')
    .addArgument(new Argument('<name>', 'which').choices([...SECURE_PARAMETERS]))
    .description('delete one: its channel is silent from then on')
    .action(async (name: SecureParameter) => {
      const { prefix } = await target();
      complain(dim(await forgetSecret(ssmClient(), prefix, name)));
    });
};
