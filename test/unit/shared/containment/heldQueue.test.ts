import fc from 'fast-check';
import { heldQueueFor, heldQueueName, heldQueuePolicy } from '../../../../shared/containment/heldQueue';
import { FUNCTION_ARN } from '../../../fixtures/incident';

const holder = fc
  .tuple(fc.stringMatching(/^inc-\d{8}-[0-9a-f]{12}$/), fc.integer({ min: 1, max: 9999 }))
  .map(([id, containment]) => `${id}#${containment}`);
const prefix = fc.stringMatching(/^[a-z][a-z0-9-]{2,40}$/);

describe('the name of a quarantine queue', () => {
  it('tells the incident and the containment', () => {
    expect(heldQueueName('tourniquet-prod', 'inc-20261120-0123456789ab#2')).toBe(
      'tourniquet-prod-held-inc-20261120-0123456789ab-2',
    );
  });

  it('is one that SQS admits and that the deny policy excepts, whatever holds it', () => {
    fc.assert(
      fc.property(prefix, fc.string({ unit: 'binary' }), (own, anything) => {
        const name = heldQueueName(own, anything);

        expect(name).toMatch(/^[\w-]{1,80}$/);
        expect(name.startsWith(`${own}-held-`)).toBe(true);
      }),
    );
  });

  it('is the same for the same containment, and another for another', () => {
    fc.assert(
      fc.property(prefix, holder, holder, (own, one, other) => {
        expect(heldQueueName(own, one) === heldQueueName(own, other)).toBe(one === other);
      }),
    );
  });

  it('has the ARN that lies beside the suspect', () => {
    expect(heldQueueFor(FUNCTION_ARN.replace('arn:aws:', 'arn:aws-cn:'), 'p-s', 'inc#1').arn).toBe(
      'arn:aws-cn:sqs:eu-west-1:123456789012:p-s-held-inc-1',
    );
  });
});

describe('the policy of a quarantine queue', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/path/order-worker';
  const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:p-s-held-inc-1';
  type Statement = { readonly Effect: string; readonly Principal: unknown; readonly Action: unknown };
  const statements = (roleArn: string | null): readonly Statement[] =>
    JSON.parse(heldQueuePolicy(QUEUE, roleArn)).Statement;
  const allowed = (roleArn: string | null) => statements(roleArn).filter(({ Effect }) => Effect === 'Allow');

  it('allows the suspect to send, and nobody anything else', () => {
    expect(allowed(ROLE)).toEqual([
      expect.objectContaining({ Principal: { AWS: ROLE }, Action: 'sqs:SendMessage', Resource: QUEUE }),
    ]);
  });

  it('denies whoever else may send to every queue, and what is not encrypted', () => {
    expect(statements(ROLE)).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:SendMessage',
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': ROLE } },
      }),
    );
    expect(statements(ROLE)).toContainEqual(
      expect.objectContaining({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  it('sealed, allows nobody anything and denies everybody to send', () => {
    expect(allowed(null)).toEqual([]);
    expect(statements(null)[0]).toEqual({
      Sid: 'NobodySends',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:SendMessage',
      Resource: QUEUE,
    });
  });
});
