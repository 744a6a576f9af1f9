import { principalsOf } from './liveFacts';

type Statement = {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** What calls a function through a service, as people name it. */
const SERVICES: Readonly<Record<string, string>> = {
  'apigateway.amazonaws.com': 'API Gateway route',
  's3.amazonaws.com': 'S3 bucket',
  'sns.amazonaws.com': 'SNS topic',
  'events.amazonaws.com': 'EventBridge rule',
  'scheduler.amazonaws.com': 'EventBridge schedule',
  'elasticloadbalancing.amazonaws.com': 'load balancer',
  'cognito-idp.amazonaws.com': 'Cognito user pool',
  'iot.amazonaws.com': 'IoT rule',
  'config.amazonaws.com': 'Config rule',
  'secretsmanager.amazonaws.com': 'rotation of a secret',
  'logs.amazonaws.com': 'log subscription',
  'ses.amazonaws.com': 'mail receipt rule',
};

const nameOf = (principal: string): string => {
  const service = principal.replace(/^Service /, '');
  // The services of one region, as `logs.eu-west-1.amazonaws.com`.
  return SERVICES[service] ?? SERVICES[service.replace(/\.[a-z]{2}(?:-[a-z0-9]+)+-\d\./, '.')] ?? principal;
};

/** The values of a condition key in whatever operator; IAM does not tell upper from lower case in keys. */
const valuesOf = ({ Condition = {} }: Statement, key: string): readonly string[] =>
  Object.values(Condition).flatMap((tests) =>
    Object.entries(tests).flatMap(([name, values]) =>
      name.toLowerCase() === key ? [values].flat().map(String) : [],
    ),
  );

const sourceOf = (statement: Statement): string => {
  const arns = valuesOf(statement, 'aws:sourcearn');
  if (arns.length > 0) return ` ${arns.join(', ')}`;
  const accounts = valuesOf(statement, 'aws:sourceaccount');
  const organisations = valuesOf(statement, 'aws:principalorgid');
  if (accounts.length > 0) return ` of account ${accounts.join(', ')}, whichever it is`;
  return organisations.length > 0 ? ` of organisation ${organisations.join(', ')}` : ', whichever it is';
};

/** Whom a function's resource policy admits, one line for each principal of each statement. Throws on what is no policy. */
export const policyCallers = (policy: string): readonly string[] => {
  const { Statement } = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] };
  return [Statement ?? []]
    .flat()
    .flatMap((statement) =>
      principalsOf(statement as { Effect?: string; Principal?: unknown }).map(
        (principal) => `${nameOf(principal)}${sourceOf(statement as Statement)}`,
      ),
    );
};
