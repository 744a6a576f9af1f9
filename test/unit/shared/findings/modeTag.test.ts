import fc from 'fast-check';
import { parseEvent } from '../../../../shared/findings/parseEvent';
import { createdWith, FUNCTION_ARN, tagged, untagged } from '../../../fixtures/modeTag';
import { findingIn, reasonIn } from '../../../fixtures/parsed';

const NOW = new Date('2026-11-20T10:06:00.000Z');
const parse = (detail: unknown) =>
  parseEvent({ source: 'aws.lambda', 'detail-type': 'AWS API Call via CloudTrail', detail }, NOW);
const findingOf = (detail: unknown) => findingIn(parse(detail));

/** A session of a role as Lambda hands it to a function. */
const asFunction = (functionName: string) => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::123456789012:assumed-role/worker/${functionName}`,
  sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::123456789012:role/worker' } },
  inScopeOf: {
    issuerType: 'AWS::Lambda::Function',
    credentialsIssuedTo: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`,
  },
});

describe('a change of the mode tag', () => {
  it('is a finding about the function whose tag it is, with who did it and from where', () => {
    expect(findingOf(tagged('respond'))).toEqual({
      id: '0f8b8d6e-1d5f-4c55-9a57-0a6f3a1a2b3c',
      source: 'mode-tag',
      rule: 'ModeTagChanged',
      title: 'The tag tourniquet:mode was set to respond',
      description:
        'The tag tourniquet:mode of order-worker was set to respond: TagResource20170331v2 by arn:aws:sts::123456789012:assumed-role/admin/alice, from 198.51.100.7',
      severity: 2,
      suspect: expect.objectContaining({ arn: FUNCTION_ARN, qualifier: null }),
      firstSeen: '2026-11-20T10:00:00.000Z',
      lastSeen: '2026-11-20T10:00:00.000Z',
      count: 1,
      sample: false,
      archived: false,
      doneBy: { roleArn: 'arn:aws:iam::123456789012:role/admin', session: 'alice', functionArn: null },
    });
  });

  it.each([
    ['taken off', untagged(), 5],
    ['set to observe', tagged('observe'), 5],
    ['set to ignore', tagged(' Ignore '), 5],
    ['set to what is no mode', tagged('<!channel> off'), 5],
    ['set to ask', tagged('ask'), 2],
    ['came with the function, as respond', createdWith('respond'), 2],
  ])('is told as it was: %s', (said, detail, severity) => {
    const { title, severity: found } = findingOf(detail);

    expect(title).toMatch(new RegExp(`${said}$`));
    expect(found).toBe(severity);
  });

  it.each(['order-worker', 'mailer'])(
    'is grave where a function did it (%s), and names that function',
    (name) => {
      const { severity, description, doneBy } = findingOf({ ...untagged(), userIdentity: asFunction(name) });

      expect(severity).toBe(8);
      expect(description).toContain(
        `with the credentials of arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
      );
      expect(doneBy).toEqual({
        roleArn: 'arn:aws:iam::123456789012:role/worker',
        session: name,
        functionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
      });
    },
  );

  it('by a user is by no role', () => {
    const userIdentity = { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/alice' };

    expect(findingOf({ ...untagged(), userIdentity }).doneBy).toEqual({
      roleArn: null,
      session: null,
      functionArn: null,
    });
  });

  it('by nobody that CloudTrail names is said to be so', () => {
    expect(
      findingOf({ ...untagged(), userIdentity: undefined, sourceIPAddress: null }).description,
    ).toContain('by somebody CloudTrail does not name, from an address CloudTrail does not name');
  });

  it('takes the time of the event where the call gives none', () => {
    expect(findingOf({ ...untagged(), eventTime: 'soon' }).firstSeen).toBe(NOW.toISOString());
  });

  it.each([
    ['a call that failed', { ...untagged(), errorCode: 'AccessDenied' }, /failed: it changed nothing/],
    [
      'another tag',
      { ...tagged('x'), requestParameters: { resource: FUNCTION_ARN, tags: { a: 'b' } } },
      /does not touch/,
    ],
    [
      'another key',
      { ...untagged(), requestParameters: { resource: FUNCTION_ARN, tagKeys: ['a'] } },
      /does not touch/,
    ],
    [
      'tags of another shape',
      { ...untagged(), requestParameters: { resource: FUNCTION_ARN } },
      /does not touch/,
    ],
    ['another call', { ...tagged('ask'), eventName: 'PublishVersion20150331' }, /does not touch/],
    [
      'what is no function',
      {
        ...untagged(),
        requestParameters: {
          resource: 'arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:1',
          tagKeys: ['tourniquet:mode'],
        },
      },
      /names no Lambda function/,
    ],
    [
      'no parameters',
      { ...untagged(), requestParameters: null },
      /cannot be read: detail\.requestParameters/,
    ],
    ['nothing', null, /cannot be read/],
  ])('is none, in one sentence, where there is %s', (_what, detail, reason) => {
    expect(parse(detail)).toEqual({ kind: 'unparseable', reason: expect.stringMatching(reason) });
  });

  it('repeats nothing that could be markup or lines of its own, whatever others chose (property)', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (arn, sourceIPAddress, value, eventName) => {
        const parsed = parse({
          ...tagged(value),
          eventName: `TagResource${eventName.slice(0, 100)}`,
          sourceIPAddress,
          userIdentity: { arn, inScopeOf: { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: arn } },
        });
        const text =
          parsed.kind === 'finding'
            ? `${parsed.finding.title}${parsed.finding.description}`
            : reasonIn(parsed);
        expect(text).toMatch(/^[\w+=,.@:/$?()\- ]*$/);
        expect(text.length).toBeLessThan(2048);
      }),
    );
  });

  it('is never an exception (property)', () => {
    fc.assert(fc.property(fc.object(), (detail) => parse(detail).kind === 'unparseable'));
  });
});
