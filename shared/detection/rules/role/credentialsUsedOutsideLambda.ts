import { IN_LAMBDA } from '../../caller';
import { BY_FUNCTION, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'credentials-used-outside-lambda',
  row: 11,
  title: "A function's credentials were used outside Lambda",
  techniques: ['T1552', 'T1528', 'T1078.004'],
  severity: 8,
  rationale:
    'Lambda tells the SDKs where they run, and they say so in the agent; a call with credentials issued to a function, by a client that does not, comes from elsewhere. CloudWatch Logs and X-Ray are written to by Lambda itself',
  references: [
    'https://attack.mitre.org/techniques/T1552/',
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html',
  ],
  calls: ['*'],
  outcome: 'any',
  when: ({ caller, agent, service }) =>
    caller.named &&
    !caller.isService &&
    caller.invokedBy === null &&
    !['logs', 'xray', 'kms'].includes(service) &&
    !IN_LAMBDA.test(agent) &&
    !/amazonaws\.com$|^AWS Internal$|^awslambda-worker/i.test(agent),
};

export const examples: Examples = {
  fires: [
    [
      record('s3:ListBuckets', null, {
        ...BY_FUNCTION,
        userAgent: 'aws-cli/2.27.0 md/awscrt#0.26.1 ua/2.1 os/linux',
      }),
    ],
  ],
  silent: [
    [record('s3:ListBuckets', null, BY_FUNCTION)],
    [record('logs:CreateLogStream', null, { ...BY_FUNCTION, userAgent: 'awslambda-worker/1.0' })],
    [record('s3:ListBuckets', null)],
  ],
};
