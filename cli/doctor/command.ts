import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import { dim, green, red, say, tame } from '../../local/print';
import { lambdaClient, metricsClient, snsClient } from '../../shared/aws/clients';
import { neededData } from '../../shared/detection/detectedCalls';
import { RULES } from '../../shared/detection/rules';
import type { Target } from '../target';
import { alarmsOf, askChannels, subscriptionsOf } from './channels';
import { type Check, checksOf, isBlind, toldChecksOf } from './checks';
import { gatherFacts, orNull } from './facts';

const { DATA_EVENTS } = require('../../infrastructure/trail.cjs') as {
  DATA_EVENTS: Readonly<Record<string, string>>;
};

const MARKS = { good: green('✓'), bad: red('✗'), note: '!' } as const;

const line = ({ outcome, what, because }: Check): string =>
  `${MARKS[outcome]} ${tame(what)}${because === '' ? '' : `\n  ${dim(tame(because))}`}`;

const environmentOf = async (
  lambda: LambdaClient,
  FunctionName: string,
): Promise<Readonly<Record<string, string>>> => {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return Environment?.Variables ?? {};
};

const listed = (text = ''): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

export const addDoctorCommand = (program: Command, target: () => Promise<Target>): void => {
  program
    .command('doctor')
    .description(
      'what the deployment cannot see, and what to do about it; exit code 1 where an incident would be missed',
    )
    .option('--json', 'as a JSON array')
    .action(async ({ json }: { json?: boolean }) => {
      const { prefix, region } = await target();
      const variables = await environmentOf(lambdaClient(), `${prefix}-learn`);
      const facts = await gatherFacts(
        {
          prefix,
          region,
          cloudTrail: new CloudTrailClient({ region }),
          events: (of) => new EventBridgeClient({ region: of }),
        },
        {
          knownDeployers: listed(variables.TOURNIQUET_KNOWN_DEPLOYERS),
          dataEvents: listed(variables.TOURNIQUET_DATA_EVENTS).flatMap((name) => DATA_EVENTS[name] ?? []),
          defaultMode: variables.TOURNIQUET_DEFAULT_MODE ?? '',
        },
      );
      const [channels, subscriptions, alarms] = await Promise.all([
        orNull(askChannels(lambdaClient(), `${prefix}-announce`)),
        orNull(subscriptionsOf(snsClient(), variables.TOURNIQUET_ALERT_TOPIC_ARN ?? '')),
        orNull(alarmsOf(metricsClient(), prefix)),
      ]);
      const checks = [
        ...checksOf(facts, neededData(RULES)),
        ...toldChecksOf({ channels: channels?.channels ?? null, subscriptions, alarms }),
      ];
      say(json ? JSON.stringify(checks, null, 2) : checks.map(line).join('\n'));
      if (isBlind(checks)) process.exitCode = 1;
    });
};
