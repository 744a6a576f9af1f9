import { parseFunctionArn } from '../suspect/functionArn';
import type { Call } from './call';
import { text } from './fields';

/** The ARN of a function that a call names by name, partial ARN or ARN; without its qualifier. */
export const functionNamed = (
  name: string | null,
  { region, account }: Pick<Call, 'region' | 'account'>,
): string | null => {
  if (name === null) return null;
  const whole = parseFunctionArn(name);
  if (whole !== null) return whole.arn;
  const bare = /^(?:\d{12}:function:)?([\w-]{1,140})(?::[\w$.-]+)?$/.exec(name)?.[1];
  return bare === undefined
    ? null
    : (parseFunctionArn(`arn:aws:lambda:${region}:${account}:function:${bare}`)?.arn ?? null);
};

/** The function that a call of the Lambda API is about. */
export const functionOf = (call: Call): string | null =>
  functionNamed(
    text(call.request, 'functionName', 'FunctionName') ?? text(call.response, 'functionArn', 'functionName'),
    call,
  );

/** Clients of people at a keyboard and of AWS's consoles: they ask a lot of different things at once. */
export const isConsole = ({ agent, record }: Call): boolean =>
  /^(?:console\.|signin\.|.*\.console\.)|AWS-?Console|S3Console|EC2Console|^Mozilla\//i.test(agent) ||
  text(record, 'sessionCredentialFromConsole') === 'true';

/** Tools that read the whole of what they manage. */
export const isProvisioner = ({ agent }: Call): boolean =>
  /terraform|pulumi|opentofu|crossplane|ansible|aws-?cdk|cloudformation|crossplane|steampipe|HashiCorp/i.test(
    agent,
  );
