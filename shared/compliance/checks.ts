import type { Answer, Facts, Looked } from './facts';

export const CHECK_IDS = [
  'roles-as-template',
  'approvers-listed',
  'policy-in-effect',
  'bucket-locks',
  'bucket-encrypted',
  'bucket-private',
  'bucket-versioned',
  'tables-protected',
  'tables-encrypted',
  'keys-enabled',
  'logs-kept',
  'trail-on',
  'detection-on',
  'alarms-heard',
  'history-whole',
  'manifests-verify',
  'drill-recent',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** `unknown`: it could not be looked at, which is not the same as wrong, and no proof either. */
export type Verdict = {
  readonly check: CheckId;
  readonly outcome: 'holds' | 'fails' | 'unknown';
  readonly why: string;
};

type Judged = Omit<Verdict, 'check'>;
export type Check = {
  /** What must be so, as a sentence. */
  readonly what: string;
  /** Which permissions the look needs, of whoever runs it. */
  readonly needs: string;
  readonly judge: (facts: Facts) => Judged;
};

const holds = (why: string): Judged => ({ outcome: 'holds', why });
const fails = (why: string): Judged => ({ outcome: 'fails', why });
const unknown = (why: string): Judged => ({ outcome: 'unknown', why });

const of = <T>(answer: Answer<T>, judge: (value: T) => Judged): Judged =>
  'got' in answer ? judge(answer.got) : unknown(`could not be asked for: ${answer.why}`);

const looked = ({ found, problems }: Looked): Judged =>
  problems.length === 0 ? holds(found) : fails(problems.join('; '));

/** PCI DSS v4.0.1, 12.10.2: tested at least once every 12 months. */
export const DRILL_DAYS = 365;
/** PCI DSS v4.0.1, 10.5.1: audit log history of at least 12 months. Said, and not judged: the deployment chooses. */
const LOG_DAYS = 365;
const FOUR = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const;
const DAY_MS = 86_400_000;

/** Of the settings, what decides what is done and who decides. */
export const POLICY_SETTINGS = [
  'TOURNIQUET_DEFAULT_MODE',
  'TOURNIQUET_MODES',
  'TOURNIQUET_APPROVERS',
  'TOURNIQUET_NEVER_CONTAIN',
] as const;

const policyInEffect = ({ functions, policyFile }: Facts): Judged =>
  of(functions, (all) =>
    of(policyFile, (given) => {
      const differing = POLICY_SETTINGS.filter(
        (name) => new Set(all.flatMap(({ settings }) => settings[name] ?? [])).size > 1,
      );
      const first = all[0]?.settings ?? {};
      const against =
        given === null
          ? []
          : POLICY_SETTINGS.filter((name) => (first[name] ?? '') !== (given.settings[name] ?? ''));
      const problems = [
        ...(all.length === 0 ? ['there are no functions'] : []),
        ...differing.map((name) => `functions differ in ${name}: somebody changed one of them. Deploy again`),
        ...against.map((name) => `${name} is not what ${given?.file} says: deploy it, or mind the parameter`),
      ];
      if (problems.length > 0) return fails(problems.join('; '));
      return holds(
        `${all.length} functions have the same policy${given === null ? '; compare it with a file: --policy policy.yml' : `, that of ${given.file}`}`,
      );
    }),
  );

export const CHECKS: Readonly<Record<CheckId, Check>> = {
  'roles-as-template': {
    what: "Each function's role has what the template gives it, and no more",
    needs: 'iam:GetRolePolicy, ListRolePolicies, ListAttachedRolePolicies, SimulatePrincipalPolicy',
    judge: ({ roles }) =>
      of(roles, (all) => {
        const wrong = all.flatMap(({ role, missing, extra }) => [
          ...(missing === null ? [`${role} or its policy is gone`] : []),
          ...(missing !== null && missing.length > 0 ? [`${role} lacks ${missing.join(', ')}`] : []),
          ...(extra.length > 0 ? [`${role} has more: ${extra.join(', ')}`] : []),
        ]);
        if (all.length === 0) return fails('there are no roles');
        return wrong.length === 0 ? holds(`${all.length} roles`) : fails(wrong.join('; '));
      }),
  },
  'approvers-listed': {
    what: 'Somebody is listed who may release, and nobody by a wildcard alone',
    needs: 'lambda:GetFunctionConfiguration',
    judge: ({ functions }) =>
      of(functions, (all) => {
        const listed = [
          ...new Set(
            all.flatMap(({ settings }) =>
              (settings.TOURNIQUET_APPROVERS ?? '')
                .split(',')
                .map((entry) => entry.trim())
                .filter((entry) => entry !== ''),
            ),
          ),
        ];
        if (listed.length === 0) return fails('approvers of the policy is empty: nobody can release');
        return listed.includes('*') ? fails('approvers has *: anybody') : holds(`${listed.length} listed`);
      }),
  },
  'policy-in-effect': {
    what: 'One policy is in effect in every function, that of the file where one is given',
    needs: 'lambda:ListFunctions',
    judge: policyInEffect,
  },
  'bucket-locks': {
    what: 'The evidence bucket locks what is put into it, for a time',
    needs: 's3:GetBucketObjectLockConfiguration',
    judge: ({ lock }) =>
      of(lock, (rule) =>
        rule === null
          ? fails('no default retention: evidence could be overwritten')
          : holds(`${rule.mode}, ${rule.days} day(s)`),
      ),
  },
  'bucket-encrypted': {
    what: 'New evidence is encrypted under a KMS key',
    needs: 's3:GetEncryptionConfiguration',
    judge: ({ bucketEncryption }) =>
      of(bucketEncryption, (algorithm) =>
        algorithm?.startsWith('aws:kms') === true
          ? holds(algorithm)
          : fails(`the bucket's default is ${algorithm ?? 'none'}`),
      ),
  },
  'bucket-private': {
    what: 'The evidence bucket admits no public access',
    needs: 's3:GetBucketPublicAccessBlock',
    judge: ({ publicAccessBlock }) =>
      of(publicAccessBlock, (on) => {
        const off = FOUR.filter((name) => !on.includes(name));
        return off.length === 0 ? holds('all four settings are on') : fails(`off: ${off.join(', ')}`);
      }),
  },
  'bucket-versioned': {
    what: 'The evidence bucket keeps versions',
    needs: 's3:GetBucketVersioning',
    judge: ({ versioning }) =>
      of(versioning, (status) => (status === 'Enabled' ? holds(status) : fails(`it is ${status}`))),
  },
  'tables-protected': {
    what: 'Incidents and history cannot be deleted, and can be recovered to a point in time',
    needs: 'dynamodb:DescribeTable, DescribeContinuousBackups',
    judge: ({ tables }) =>
      of(tables, (all) => {
        const wrong = all.flatMap(({ table, deletionProtected, recoverable }) => [
          ...(deletionProtected ? [] : [`${table} can be deleted`]),
          ...(recoverable ? [] : [`${table} has no point-in-time recovery`]),
        ]);
        return wrong.length === 0 ? holds(`${all.length} tables`) : fails(wrong.join('; '));
      }),
  },
  'tables-encrypted': {
    what: 'Incidents and history are encrypted under a KMS key',
    needs: 'dynamodb:DescribeTable',
    judge: ({ tables }) =>
      of(tables, (all) => {
        const wrong = all.filter(({ kms }) => !kms).map(({ table }) => table);
        return wrong.length === 0 ? holds(`${all.length} tables`) : fails(`not: ${wrong.join(', ')}`);
      }),
  },
  'keys-enabled': {
    what: 'The keys for evidence, signatures and secrets are enabled',
    needs: 'kms:DescribeKey',
    judge: ({ keys }) => of(keys, looked),
  },
  'logs-kept': {
    what: "Tourniquet's own logs have a retention",
    needs: 'logs:DescribeLogGroups',
    judge: ({ logGroups }) =>
      of(logGroups, (all) => {
        const without = all.filter(({ days }) => days === null).map(({ group }) => group);
        if (all.length === 0) return fails('there are no log groups');
        if (without.length > 0) return fails(`kept for ever: ${without.join(', ')}`);
        const shortest = Math.min(...all.map(({ days }) => days ?? Number.POSITIVE_INFINITY));
        return holds(
          `${all.length} log groups, the shortest ${shortest} day(s)${shortest < LOG_DAYS ? `: PCI DSS 10.5.1 asks for 12 months of audit logs` : ''}`,
        );
      }),
  },
  'trail-on': {
    what: 'A trail records management events here, those that only read too',
    needs: 'cloudtrail:DescribeTrails, GetTrailStatus, GetEventSelectors',
    judge: ({ trail }) => of(trail, looked),
  },
  'detection-on': {
    what: 'Every rule that brings findings is on, and has a target',
    needs: 'events:ListRules, ListTargetsByRule',
    judge: ({ rules }) => of(rules, looked),
  },
  'alarms-heard': {
    what: 'There are alarms on Tourniquet itself, and somebody is subscribed to them',
    needs: 'cloudwatch:DescribeAlarms, sns:ListSubscriptionsByTopic',
    judge: ({ alarms }) => of(alarms, looked),
  },
  'history-whole': {
    what: 'The history of every incident is as it was written (tourniquet audit)',
    needs: 'dynamodb:Query, Scan, GetItem',
    judge: ({ history }) => of(history, looked),
  },
  'manifests-verify': {
    what: "The manifests of the newest incidents are there, chained, and signed by the deployment's key",
    needs: 's3:GetObjectVersion, kms:GetPublicKey, Decrypt',
    judge: ({ manifests }) =>
      of(manifests, (found) =>
        found === null ? unknown('nothing is sealed yet: a drill seals') : looked(found),
      ),
  },
  'drill-recent': {
    what: `A drill went as it must within ${DRILL_DAYS} days`,
    needs: 'dynamodb:Query',
    judge: ({ lastDrill, now }) =>
      of(lastDrill, (at) => {
        if (at === null) return fails('there was none: npx tourniquet drill');
        const days = Math.floor((now.getTime() - Date.parse(at)) / DAY_MS);
        return days <= DRILL_DAYS
          ? holds(`the last one was ${days} day(s) ago`)
          : fails(`the last one was ${days} days ago: npx tourniquet drill`);
      }),
  },
};

/** The checks by their ids, judged; each once, in the order of the list. */
export const judge = (ids: readonly CheckId[], facts: Facts): readonly Verdict[] =>
  CHECK_IDS.filter((id) => ids.includes(id)).map((check) => ({ check, ...CHECKS[check].judge(facts) }));

/** 0 where all hold; 1 where one does not, or could not be looked at and that is not allowed. */
export const exitCodeOf = (verdicts: readonly Verdict[], allowUnknown: boolean): 0 | 1 =>
  verdicts.every(({ outcome }) => outcome === 'holds' || (outcome === 'unknown' && allowUnknown)) ? 0 : 1;
