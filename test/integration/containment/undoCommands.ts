import { DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { LocalClients } from '../../../local/clients';

/** A line as a POSIX shell takes it apart. Throws on anything but words. */
export const wordsOf = (line: string): readonly string[] => {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== '') {
    // A word is made of plain characters, 'quoted' pieces and escaped quotes.
    const match = /^(?:[\w@%+=:,./-]|'[^']*'|\\')+/.exec(rest);
    if (match === null) throw new Error(`a shell would do more than read words here: ${rest}`);
    words.push(
      match[0].replaceAll(
        /'([^']*)'|\\(')/g,
        (_whole, quoted?: string, escaped?: string) => quoted ?? escaped ?? '',
      ),
    );
    rest = rest.slice(match[0].length).trimStart();
  }
  return words;
};

type Run = (options: ReadonlyMap<string, string>, clients: LocalClients) => Promise<unknown>;

const needed = (options: ReadonlyMap<string, string>, name: string): string => {
  const value = options.get(name);
  if (value === undefined) throw new Error(`the command has no ${name}`);
  return value;
};

/** The commands of the AWS CLI that the test knows, by service and name. */
const COMMANDS: Readonly<Record<string, Run>> = {
  'lambda put-function-concurrency': (options, { lambda }) =>
    lambda.send(
      new PutFunctionConcurrencyCommand({
        FunctionName: needed(options, '--function-name'),
        ReservedConcurrentExecutions: Number(needed(options, '--reserved-concurrent-executions')),
      }),
    ),
  'lambda delete-function-concurrency': (options, { lambda }) =>
    lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: needed(options, '--function-name') })),
  'lambda delete-function-event-invoke-config': (options, { lambda }) =>
    lambda.send(
      new DeleteFunctionEventInvokeConfigCommand({
        FunctionName: needed(options, '--function-name'),
        Qualifier: options.get('--qualifier'),
      }),
    ),
  'lambda put-function-event-invoke-config': (options, { lambda }) => {
    const number = (name: string) => (options.has(name) ? Number(options.get(name)) : undefined);
    const destinations = options.get('--destination-config');
    return lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: needed(options, '--function-name'),
        Qualifier: options.get('--qualifier'),
        MaximumRetryAttempts: number('--maximum-retry-attempts'),
        MaximumEventAgeInSeconds: number('--maximum-event-age-in-seconds'),
        ...(destinations === undefined ? {} : { DestinationConfig: JSON.parse(destinations) }),
      }),
    );
  },
  'lambda update-event-source-mapping': (options, { lambda }) =>
    lambda.send(
      new UpdateEventSourceMappingCommand({
        UUID: needed(options, '--uuid'),
        Enabled: options.has('--enabled'),
      }),
    ),
  'iam detach-role-policy': (options, { iam }) =>
    iam.send(
      new DetachRolePolicyCommand({
        RoleName: needed(options, '--role-name'),
        PolicyArn: needed(options, '--policy-arn'),
      }),
    ),
};

const optionsOf = (words: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    words.flatMap((word, index) => {
      const next = words[index + 1];
      return word.startsWith('--') ? [[word, next === undefined || next.startsWith('--') ? '' : next]] : [];
    }),
  );

/** Does what a shell would do with the text, line by line, and gives the commands that it ran. */
export const runCommands = async (text: string, clients: LocalClients): Promise<readonly string[]> => {
  const ran: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [program, service = '', name = '', ...rest] = wordsOf(line);
    if (program === 'sleep') continue;
    const run = program === 'aws' ? COMMANDS[`${service} ${name}`] : undefined;
    if (run === undefined) throw new Error(`the test does not know the command ${line}`);
    await run(optionsOf(rest), clients);
    ran.push(`${service} ${name}`);
  }
  return ran;
};
