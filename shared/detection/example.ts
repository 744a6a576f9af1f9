/** A record in CloudTrail's shape, for the examples of rules. What differs from an ordinary call of a user is given. */
export const record = (
  call: string,
  requestParameters: unknown = null,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => {
  const [service = '', eventName = ''] = call.split(':');
  return {
    eventVersion: '1.11',
    userIdentity: USER,
    eventTime: '2026-03-02T03:14:15Z',
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: 'eu-central-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.27.0',
    requestParameters,
    responseElements: null,
    eventID: '00000000-0000-4000-8000-000000000000',
    recipientAccountId: '111122223333',
    ...more,
  };
};

export const USER = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
  arn: 'arn:aws:iam::111122223333:user/mallory',
  accountId: '111122223333',
  accessKeyId: 'AKIAEXAMPLE',
  userName: 'mallory',
};

export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:orders';

/** The session of a function's role, as newer records have it. */
export const BY_FUNCTION = {
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:orders',
    arn: 'arn:aws:sts::111122223333:assumed-role/orders-role/orders',
    accountId: '111122223333',
    accessKeyId: 'ASIAEXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: 'arn:aws:iam::111122223333:role/orders-role',
        userName: 'orders-role',
      },
    },
    inScopeOf: { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: FUNCTION_ARN },
  },
  userAgent: 'aws-sdk-js/3.900.0 ua/2.1 os/linux lang/js md/nodejs#22.20.0 exec-env/AWS_Lambda_nodejs22.x',
};

export const BY_CLOUDFORMATION = {
  userIdentity: { ...USER, invokedBy: 'cloudformation.amazonaws.com' },
  userAgent: 'cloudformation.amazonaws.com',
  sourceIPAddress: 'cloudformation.amazonaws.com',
};

/** Refused for want of permission. */
export const DENIED = { errorCode: 'AccessDenied', errorMessage: 'not authorized' };

/** Several records, numbered from 0. */
export const burst = <T>(count: number, make: (number: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, number) => make(number));
