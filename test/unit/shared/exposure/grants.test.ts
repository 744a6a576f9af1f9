import { grantsNotKnown, statementsOfGrants } from '../../../../shared/exposure/grants';
import { may } from '../../../../shared/exposure/may';
import { readPolicy, type Statement } from '../../../../shared/exposure/statement';

const ROLE = 'arn:aws:iam::111111111111:role/service/worker';
const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/1';
const OTHERS_KEY = 'arn:aws:kms:eu-west-1:222222222222:key/1';
/** Lets nobody in but an administrator: without a grant the answer is no. */
const KEY_POLICY = readPolicy({
  Statement: {
    Effect: 'Allow',
    Action: 'kms:*',
    Resource: '*',
    Principal: { AWS: 'arn:aws:iam::111111111111:role/admin' },
  },
});

const mayWith = (
  granted: readonly Statement[],
  action: string,
  {
    arn = KEY,
    identity = [],
    boundary = null,
  }: Partial<Omit<Parameters<typeof may>[0], 'roleArn'>> & { arn?: string } = {},
) => may({ roleArn: ROLE, identity, boundary }, action, { arn, policy: [...KEY_POLICY, ...granted] });

const grant = (more: object = {}) => ({ GranteePrincipal: ROLE, Operations: ['Decrypt'], ...more });

describe('a grant of a key', () => {
  it('lets its role do what it names and nothing else, whatever the policies leave out', () => {
    const granted = statementsOfGrants([grant()]);

    expect(mayWith([], 'kms:Decrypt')).toBe('no');
    expect(mayWith(granted, 'kms:Decrypt')).toBe('yes');
    expect(mayWith(granted, 'kms:Sign')).toBe('no');
  });

  it.each([
    ['another role', 'arn:aws:iam::111111111111:role/other'],
    ['a role of the same name in another account', 'arn:aws:iam::222222222222:role/service/worker'],
    ['a service', 'lambda.amazonaws.com'],
  ])('of %s lets it do nothing', (_, GranteePrincipal) => {
    expect(mayWith(statementsOfGrants([grant({ GranteePrincipal })]), 'kms:Decrypt')).toBe('no');
  });

  it.each([
    ['its session', 'arn:aws:sts::111111111111:assumed-role/worker/orders'],
    ['it under the name of its role alone', 'arn:aws:iam::111111111111:role/worker'],
  ])('that names %s is its own', (_, GranteePrincipal) => {
    expect(mayWith(statementsOfGrants([grant({ GranteePrincipal })]), 'kms:Decrypt')).toBe('yes');
  });

  it('that is held to an encryption context lets it do that perhaps', () => {
    const granted = statementsOfGrants([grant({ Constraints: { EncryptionContextSubset: { a: 'b' } } })]);

    expect(mayWith(granted, 'kms:Decrypt')).toBe('if');
  });

  it('is not taken to be bound by a permissions boundary', () => {
    expect(mayWith(statementsOfGrants([grant()]), 'kms:Decrypt', { boundary: [] })).toBe('yes');
  });

  it('is nothing against a denial', () => {
    const identity = readPolicy({ Statement: { Effect: 'Deny', Action: '*', Resource: '*' } });

    expect(mayWith(statementsOfGrants([grant()]), 'kms:Decrypt', { identity })).toBe('no');
  });

  it('of another account may be enough by itself', () => {
    expect(mayWith(statementsOfGrants([grant()]), 'kms:Decrypt', { arn: OTHERS_KEY })).toBe('if');
  });

  it('that could not be listed may be there', () => {
    expect(mayWith([grantsNotKnown(ROLE)], 'kms:Decrypt')).toBe('if');
  });
});
