import { policyCallers } from '../../../../shared/containment/policyCallers';

const callers = (...Statement: readonly object[]) =>
  policyCallers(JSON.stringify({ Version: '2012-10-17', Statement }));
const allow = (Principal: unknown, Condition?: object) => ({
  Effect: 'Allow',
  Principal,
  Action: 'lambda:InvokeFunction',
  ...(Condition === undefined ? {} : { Condition }),
});

describe('whom a resource policy admits', () => {
  it.each([
    ['apigateway.amazonaws.com', 'arn:aws:execute-api:eu-west-1:1:abc/*/POST/orders', 'API Gateway route'],
    ['s3.amazonaws.com', 'arn:aws:s3:::orders', 'S3 bucket'],
    ['sns.amazonaws.com', 'arn:aws:sns:eu-west-1:1:orders', 'SNS topic'],
    ['events.amazonaws.com', 'arn:aws:events:eu-west-1:1:rule/nightly', 'EventBridge rule'],
    ['scheduler.amazonaws.com', 'arn:aws:scheduler:eu-west-1:1:schedule/a/b', 'EventBridge schedule'],
    ['logs.eu-west-1.amazonaws.com', 'arn:aws:logs:eu-west-1:1:log-group:g:*', 'log subscription'],
  ])('names what %s calls for', (service, source, kind) => {
    expect(callers(allow({ Service: service }, { ArnLike: { 'AWS:SourceArn': source } }))).toEqual([
      `${kind} ${source}`,
    ]);
  });

  it('says where a service is not held to a source: any of them may call', () => {
    expect(callers(allow({ Service: 's3.amazonaws.com' }))).toEqual(['S3 bucket, whichever it is']);
    expect(
      callers(
        allow({ Service: 's3.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': '123456789012' } }),
      ),
    ).toEqual(['S3 bucket of account 123456789012, whichever it is']);
  });

  it('names accounts, everybody, and services that it does not know', () => {
    expect(
      callers(
        allow('*'),
        allow({ AWS: ['arn:aws:iam::210987654321:root', '*'] }),
        allow({ Service: 'new.amazonaws.com' }),
        { ...allow('*'), Effect: 'Deny' },
      ),
    ).toEqual([
      'anybody, whichever it is',
      'AWS arn:aws:iam::210987654321:root, whichever it is',
      'anybody, whichever it is',
      'Service new.amazonaws.com, whichever it is',
    ]);
  });

  it('throws on what is no policy, so that it is named as not known', () => {
    expect(() => policyCallers('not json')).toThrow(SyntaxError);
  });
});
