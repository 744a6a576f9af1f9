/** A Lambda function's ARN taken apart. `arn` is without qualifier, so that it names one suspect. */
export type FunctionArn = {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly functionName: string;
  readonly qualifier: string | null;
};

// Names as the Lambda API admits them (CreateFunction, FunctionName): anything else is not a function's ARN.
const FUNCTION_ARN =
  /^arn:(aws[a-z-]*):lambda:([a-z]{2,}(?:-[a-z0-9]+)+-\d):(\d{12}):function:([a-zA-Z0-9-_]{1,140})(?::(\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]{1,128}))?$/;

/** Takes an ARN apart, or gives null when it is not the ARN of a Lambda function. */
export const parseFunctionArn = (text: string): FunctionArn | null => {
  const match = FUNCTION_ARN.exec(text);
  if (match === null) return null;
  const [, partition = '', region = '', accountId = '', functionName = '', qualifier] = match;
  return {
    arn: `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`,
    partition,
    region,
    accountId,
    functionName,
    qualifier: qualifier === undefined || qualifier === '$LATEST' ? null : qualifier,
  };
};

/** The role's name from its ARN, without the path (IAM calls take no path). */
export const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);
