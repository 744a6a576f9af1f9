import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { type Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import { root } from '../../local/aws/state';
import { bold, complain, dim, say } from '../../local/print';
import { lambdaClient, logsClient, metricsClient } from '../../shared/aws/clients';
import { logGroupNames, volumes } from '../../shared/fleet/logGroups';
import { matches } from '../../shared/policy/wildcard';
import { type Account, estimate, type Item, totalOf } from './estimate';

const { loadPolicy } = require('../../infrastructure/policyFile.cjs') as {
  loadPolicy: (file: string) => {
    policy: {
      fleetAlarms: readonly string[];
      watched: readonly object[];
      guarded: string;
      logDelivery: 'groups' | 'account';
      guardBudgetUsd: number;
    };
  };
};
const alarms = require('../../infrastructure/alarms.cjs') as (serverless: {
  resolveVariable: (name: string) => Promise<unknown>;
}) => Promise<{ Resources: object }>;

type Options = {
  readonly json?: boolean;
  readonly policy: string;
  readonly functions?: number;
  readonly calls: number;
  readonly logGb?: number;
  readonly dataEvents: number;
  readonly trail: boolean;
  readonly incidents: number;
};

const amount = (value: string): number => {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('It must be a number, 0 or more.');
  return number;
};

/** What the stack itself has, read from what it is made of. */
const ownParts = async (): Promise<Pick<Account, 'ownAlarms' | 'keys'>> => {
  const { functions } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), {
    // CloudFormation's own tags are of no matter here.
    logLevel: 'silent',
  }) as { functions: object };
  const { Resources } = await alarms({
    resolveVariable: async (name) => (name === 'self:functions' ? functions : ''),
  });
  const keys =
    readFileSync(join(root, 'infrastructure', 'keys.yml'), 'utf8').match(/Type: AWS::KMS::Key$/gm) ?? [];
  return {
    ownAlarms: Object.keys(Resources).filter((name) => name.endsWith('Alarm')).length,
    keys: keys.length,
  };
};

/** What is written to the log groups that `guarded` names, in GB a month; tags are not asked for here. */
const guardedGb = async (guarded: string, delivery: 'groups' | 'account'): Promise<number> => {
  const patterns = guarded.split(',').filter((entry) => entry !== '');
  if (delivery === 'groups' && patterns.length === 0) return 0;
  const names = await logGroupNames(logsClient(), delivery === 'account' ? null : '/aws/lambda/');
  const wanted = names.filter(
    (name) =>
      delivery === 'account' ||
      patterns.some(
        (pattern) => pattern.startsWith('tag:') || matches(pattern, name.slice('/aws/lambda/'.length)),
      ),
  );
  const gb = await volumes(metricsClient(), wanted, new Date());
  return [...gb.values()].reduce((sum, one) => sum + one, 0);
};

const countFunctions = async (): Promise<number> =>
  (await lambdaClient().send(new GetAccountSettingsCommand({}))).AccountUsage?.FunctionCount ?? 0;

const dollars = (usd: number): string => usd.toFixed(2).padStart(10);

const page = (items: readonly Item[]): string =>
  [
    ...items.map(({ what, usd, how }) => `${dollars(usd)}  ${what.padEnd(28)}${dim(how)}`),
    `${bold(dollars(totalOf(items)))}  ${bold('in all, US dollars a month')}`,
  ].join('\n');

const run = async ({
  json = false,
  policy: file,
  functions,
  calls,
  logGb,
  dataEvents,
  trail,
  incidents,
}: Options) => {
  const { policy } = loadPolicy(file);
  const account: Account = {
    functions: functions ?? (await countFunctions()),
    calls,
    logGb: logGb ?? (functions === undefined ? await guardedGb(policy.guarded, policy.logDelivery) : 0),
    dataEvents,
    trail,
    incidents,
    fleetAlarms: policy.fleetAlarms.length,
    watched: policy.watched.length,
    ...(await ownParts()),
  };
  const items = estimate(account);
  if (json) return say(JSON.stringify({ account, items, total: totalOf(items) }, null, 2));
  say(page(items));
  complain(
    dim(
      `Prices of us-east-1, November 2026, without free tiers. ${functions === undefined ? 'Functions and logs are this account’s; calls a day are assumed (--calls).' : 'Of the numbers given.'}`,
    ),
  );
};

export const addEstimateCommand = (program: Command): void => {
  program
    .command('estimate')
    .description(
      'what a month costs with this policy: for this account (with your AWS credentials), or for the numbers given',
    )
    .option(
      '--policy <file>',
      'the policy file',
      existsSync('policy.yml') ? 'policy.yml' : join(root, 'policy.yml'),
    )
    .option('--functions <n>', 'functions, in place of asking AWS', amount)
    .option('--log-gb <n>', 'GB of logs that are read, in a month, in place of asking AWS', amount)
    .option('--calls <n>', "calls of AWS's APIs that a function makes in a day", amount, 1000)
    .option('--data-events <n>', 'data events of a trail that the stack makes, in a month', amount, 0)
    .option('--trail', 'with baselines that are learned from a trail', false)
    .option('--incidents <n>', 'incidents in a month', amount, 10)
    .option('--json', 'as JSON')
    .action(run);
};
