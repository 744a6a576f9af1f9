import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import { dim, green, red, say, tame } from '../../local/print';
import {
  iamClient,
  kmsClient,
  lambdaClient,
  metricsClient,
  s3Client,
  securityHubClient,
  snsClient,
  ssmClient,
} from '../../shared/aws/clients';
import { neededData } from '../../shared/detection/detectedCalls';
import { RULES } from '../../shared/detection/rules';
import type { Target } from '../target';
import { alarmsOf, askChannels, subscriptionsOf } from './channels';
import { type Check, isBlind } from './check';
import { checksOf } from './checks';
import { gatherFacts, orNull } from './facts';
import { type Given, rolesOfDeployment } from './permissions';
import { guardDutyOf, hasSecurityHub, isLocking, keysOf, secretsOf } from './sources';
import { standingChecksOf } from './standing';
import { toldChecksOf } from './told';

const { DATA_EVENTS } = require('../../infrastructure/trail.cjs') as {
  DATA_EVENTS: Readonly<Record<string, string>>;
};

type Roles = {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Properties: {
          readonly RoleName: string;
          readonly Policies: readonly {
            readonly PolicyDocument: {
              readonly Statement: readonly {
                readonly Effect: string;
                readonly Action: string | readonly string[];
              }[];
            };
          }[];
        };
      }
    >
  >;
};
/** Of the deployment's parameters, those that decide what a role is given. */
export type Choices = Readonly<Record<string, unknown>>;
const { rolesOf } = require('../../infrastructure/roles.cjs') as {
  rolesOf: (prefix: string, rolePrefix: string, choices?: Choices) => Roles;
};

/** What the template gives each function's role: without choices that much each must have, whatever was chosen. */
export const givenBy = (prefix: string, choices?: Choices): Given =>
  Object.fromEntries(
    Object.values(rolesOf(prefix, prefix, choices).Resources).map(
      ({ Properties: { RoleName, Policies } }) => [
        RoleName.slice(prefix.length + 1),
        [
          ...new Set(
            Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
              .filter(({ Effect }) => Effect === 'Allow')
              .flatMap(({ Action }) => Action),
          ),
        ],
      ],
    ),
  );

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
      const topic = variables.TOURNIQUET_ALERT_TOPIC_ARN ?? '';
      const [, partition = 'aws', , , accountId = ''] = topic.split(':');
      const place = { accountId, partition, rolePrefix: `${prefix}-${region}` };
      const path = `/${variables.TOURNIQUET_SERVICE}/${variables.TOURNIQUET_STAGE}`;
      const [guardDuty, securityHub, roles, keys, locking, secrets] = await Promise.all([
        orNull(guardDutyOf(new GuardDutyClient({ region }))),
        orNull(hasSecurityHub(securityHubClient())),
        orNull(rolesOfDeployment(iamClient(), place, givenBy(prefix))),
        orNull(keysOf(kmsClient(), prefix)),
        orNull(isLocking(s3Client(), variables.TOURNIQUET_EVIDENCE_BUCKET ?? '')),
        orNull(secretsOf(ssmClient(), path)),
      ]);
      const [channels, subscriptions, alarms] = await Promise.all([
        orNull(askChannels(lambdaClient(), `${prefix}-announce`)),
        orNull(subscriptionsOf(snsClient(), topic)),
        orNull(alarmsOf(metricsClient(), prefix)),
      ]);
      const checks = [
        ...checksOf(facts, neededData(RULES)),
        ...standingChecksOf({ guardDuty, securityHub, roles, keys, locking, secrets }),
        ...toldChecksOf({ channels: channels?.channels ?? null, subscriptions, alarms }),
      ];
      say(json ? JSON.stringify(checks, null, 2) : checks.map(line).join('\n'));
      if (isBlind(checks)) process.exitCode = 1;
    });
};
