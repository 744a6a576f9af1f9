import fc from 'fast-check';
import { isOurs } from '../../../../shared/dependants/isOurs';
import { isOfRole, principalsIn, sameTrust, trustWithout } from '../../../../shared/dependants/trustWithout';

const role = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;
const allow = (Principal: unknown) => ({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
const policyOf = (...Statement: readonly unknown[]) => ({ Version: '2012-10-17', Statement });
const isOut = (principal: string) => principal === role('suspect');

describe('a trust policy without the suspect', () => {
  it('has everybody else in it, in the same words', () => {
    const others = allow({ Service: 'ec2.amazonaws.com' });
    expect(
      trustWithout(policyOf(others, allow({ AWS: [role('a'), role('suspect'), role('b')] })), isOut),
    ).toEqual(policyOf(others, allow({ AWS: [role('a'), role('b')] })));
    expect(trustWithout(policyOf(allow({ AWS: role('suspect'), Service: 'x' })), isOut)).toEqual(
      policyOf(allow({ Service: 'x' })),
    );
    expect(trustWithout(policyOf(others, allow({ AWS: role('suspect') })), isOut)).toEqual(policyOf(others));
  });

  it('admits nobody where it admitted the suspect alone, as IAM takes no policy without a statement', () => {
    expect(trustWithout(policyOf(allow({ AWS: role('suspect') })), isOut)).toEqual(
      policyOf(expect.objectContaining({ Effect: 'Deny', Principal: { AWS: '*' } })),
    );
  });

  it('is the same where the suspect is not admitted by name: a deny of it stays', () => {
    const document = policyOf({ ...allow({ AWS: role('suspect') }), Effect: 'Deny' }, allow('*'));
    expect(trustWithout(document, isOut)).toBe(document);
  });

  it('never admits anybody who was not admitted before', () => {
    const names = fc.array(fc.constantFrom('suspect', 'a', 'b', 'c').map(role), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 4 }), (lists) => {
        const before = policyOf(...lists.map((AWS) => allow({ AWS })));
        const after = principalsIn(trustWithout(before, isOut));
        expect(after).toEqual(principalsIn(before).filter((principal) => !isOut(principal)));
      }),
    );
  });

  it('is compared without the order of principals, which IAM does not keep', () => {
    const [one, other] = [
      [role('a'), role('b')],
      [role('b'), role('a')],
    ].map((AWS) => policyOf(allow({ AWS })));
    expect(sameTrust(one, other)).toBe(true);
    expect(sameTrust(policyOf(allow({ AWS: role('a') })), policyOf(allow({ AWS: [role('a')] })))).toBe(true);
    expect(sameTrust(one, policyOf(allow({ AWS: role('a') })))).toBe(false);
  });
});

it.each([
  [role('team/suspect'), true],
  ['arn:aws:sts::123456789012:assumed-role/suspect/session', true],
  ['arn:aws:sts::123456789012:assumed-role/suspect-2/session', false],
  ['arn:aws:sts::999999999999:assumed-role/suspect/session', false],
  ['arn:aws:iam::123456789012:root', false],
])('%s is the suspect or one of its sessions: %s', (principal, expected) => {
  expect(isOfRole(principal, role('team/suspect'))).toBe(expected);
});

it.each([
  [role('tourniquet-prod-contain'), true],
  [role('team/tourniquet-prod-contain'), true],
  ['arn:aws:lambda:eu-west-1:123456789012:function:tourniquet-dev-plan#a-b', true],
  ['arn:aws:events:eu-west-1:123456789012:rule/tourniquet-dev/any', true],
  ['arn:aws:events:eu-west-1:123456789012:rule/orders/any', false],
  [role('not-tourniquet-prod'), false],
])('%s is ours: %s', (id, expected) => {
  expect(isOurs(id, 'tourniquet')).toBe(expected);
});
