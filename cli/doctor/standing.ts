import { bad, type Check, good, note } from './check';
import type { RoleFacts } from './permissions';
import type { GuardDutyFacts, KeyFacts } from './sources';

/*
 * What the deployment stands on: who sends it findings, what it may do, and what it keeps. Judged from what is there.
 */

/** Null where it could not be asked for. */
export type Standing = {
  readonly guardDuty: GuardDutyFacts | null;
  readonly securityHub: boolean | null;
  readonly roles: readonly RoleFacts[] | null;
  readonly keys: readonly KeyFacts[] | null;
  readonly locking: boolean | null;
  /** Names of the secrets that there are. */
  readonly secrets: readonly string[] | null;
};

const guardDutyCheck = ({ guardDuty }: Standing): Check => {
  if (guardDuty === null)
    return bad('GuardDuty', 'could not be asked for: guardduty:ListDetectors and GetDetector are needed');
  if (!guardDuty.enabled)
    return bad(
      'GuardDuty is not enabled in this Region',
      'blind: mining, command and control, Tor, stolen credentials as GuardDuty sees them. Enable it, with Lambda Protection',
    );
  return guardDuty.lambda
    ? good('GuardDuty is enabled, with Lambda Protection')
    : bad(
        'GuardDuty has no Lambda Protection',
        'blind: the seven finding types about what functions connect to. Enable the feature LAMBDA_NETWORK_LOGS',
      );
};

const hubCheck = ({ securityHub }: Standing): Check => {
  if (securityHub === null)
    return note('Security Hub', 'could not be asked for: securityhub:DescribeHub is needed');
  return securityHub
    ? good('Security Hub is enabled')
    : note('Security Hub is not enabled', 'findings of products that report to it alone are not seen');
};

const roleChecks = ({ roles }: Standing): readonly Check[] => {
  if (roles === null)
    return [
      bad(
        'what the functions may do',
        'could not be asked for: iam:GetRolePolicy and SimulatePrincipalPolicy are needed',
      ),
    ];
  const wrong = roles.flatMap(({ role, missing, refused }) => [
    ...(missing === null
      ? [bad(`the role ${role} or its policy is gone`, 'its step fails: deploy again')]
      : missing.length > 0
        ? [bad(`the role ${role} lacks ${missing.join(', ')}`, 'somebody changed its policy: deploy again')]
        : []),
    ...(refused.length === 0
      ? []
      : [
          bad(
            `IAM refuses ${refused.join(', ')} to the role ${role}`,
            'a service control policy, a permissions boundary or an added deny stands in the way: exempt the role',
          ),
        ]),
  ]);
  return wrong.length > 0
    ? wrong
    : [good(`${roles.length} roles have what they need, and IAM says so of the ones that contain and tell`)];
};

const keyChecks = ({ keys, locking }: Standing): readonly Check[] => {
  if (keys === null) return [bad('the keys', 'could not be asked for: kms:DescribeKey is needed')];
  const wrong = keys.filter(({ state }) => state !== 'Enabled');
  return [
    ...wrong.map(({ alias, state }) =>
      bad(
        `the key ${alias} is ${state === null ? 'not there' : state}`,
        state === 'PendingDeletion'
          ? 'evidence cannot be sealed, and what is sealed is lost with it: cancel the deletion now (aws kms cancel-key-deletion)'
          : 'evidence cannot be sealed or read: enable it, or deploy again',
      ),
    ),
    ...(wrong.length === 0 ? [good(`${keys.length} keys are enabled`)] : []),
    locking === null
      ? bad(
          'the lock of the evidence bucket',
          'could not be asked for: s3:GetBucketObjectLockConfiguration is needed',
        )
      : locking
        ? good('the evidence bucket locks what is put into it')
        : bad(
            'the evidence bucket locks nothing',
            'evidence could be overwritten: it was not made by the template',
          ),
  ];
};

const secretChecks = ({ secrets }: Standing): readonly Check[] => {
  if (secrets === null)
    return [bad('the secrets', 'could not be asked for: ssm:DescribeParameters is needed')];
  return secrets.includes('slack-bot-token') && !secrets.includes('slack-signing-secret')
    ? [
        bad(
          'Slack is written to, and its buttons are refused',
          'there is no slack-signing-secret: npx tourniquet secrets set slack-signing-secret',
        ),
      ]
    : [];
};

/** Whether it would be sent findings, could act on them, and could keep what it finds. */
export const standingChecksOf = (standing: Standing): readonly Check[] => [
  guardDutyCheck(standing),
  hubCheck(standing),
  ...roleChecks(standing),
  ...keyChecks(standing),
  ...secretChecks(standing),
];
