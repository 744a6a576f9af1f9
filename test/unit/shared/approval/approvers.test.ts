import fc from 'fast-check';
import { isApprover } from '../../../../shared/approval/approvers';

const ROLE = 'arn:aws:iam::123456789012:role/on-call';
const PATHED = 'arn:aws:iam::123456789012:role/security/team-a/responder';
const USER = 'arn:aws:iam::123456789012:user/alice';
const LISTED = ['U0ONCALL', ROLE, PATHED, USER];

describe('isApprover', () => {
  it.each([
    'U0ONCALL',
    USER,
    ROLE,
    'arn:aws:sts::123456789012:assumed-role/on-call/alice',
    'arn:aws:sts::123456789012:assumed-role/on-call/a.b+c=d,e@f-g_h',
    'arn:aws:sts::123456789012:assumed-role/responder/alice',
  ])('admits %s', (principal) => {
    expect(isApprover(LISTED, principal)).toBe(true);
  });

  it.each([
    '',
    ' ',
    'U0ONCAL',
    'U0ONCALL2',
    'u0oncall',
    ' U0ONCALL',
    'U0ONCALL\n',
    'U0ONCALL,U0OTHER',
    `${USER}2`,
    'arn:aws:iam::123456789012:user/path/alice',
    'arn:aws:iam::210987654321:user/alice',
    'arn:aws:iam::123456789012:root',
    'arn:aws:iam::123456789012:role/on-call-2',
    'arn:aws:iam::123456789012:role/path/on-call',
    'arn:aws:sts::210987654321:assumed-role/on-call/alice',
    'arn:aws:sts::123456789012:assumed-role/on-call-2/alice',
    'arn:aws:sts::123456789012:assumed-role/on-cal/alice',
    'arn:aws:sts::123456789012:assumed-role/On-Call/alice',
    'arn:aws:sts::123456789012:assumed-role/security/team-a/responder/alice',
    'arn:aws:sts::123456789012:assumed-role/on-call',
    'arn:aws:sts::123456789012:assumed-role/on-call/',
    'arn:aws:sts::123456789012:assumed-role/x/on-call/alice',
    'arn:aws:sts::123456789012:assumed-role/on-call/alice\n',
    'arn:aws:sts::123456789012:federated-user/on-call',
    'arn:aws-cn:sts::123456789012:assumed-role/on-call/alice',
    'arn:aws:sts::123456789012:assumed-role/alice/on-call',
  ])('does not admit %j', (principal) => {
    expect(isApprover(LISTED, principal)).toBe(false);
  });

  it('admits nobody where nobody is listed', () => {
    expect(isApprover([], 'U0ONCALL')).toBe(false);
    expect(isApprover([], '')).toBe(false);
  });

  it('reads no entry as a pattern', () => {
    expect(isApprover(['arn:aws:iam::123456789012:role/*', 'U.*', '*'], 'U0ONCALL')).toBe(false);
    expect(
      isApprover(['arn:aws:iam::123456789012:role/*'], 'arn:aws:sts::123456789012:assumed-role/on-call/a'),
    ).toBe(false);
  });

  it('admits a session of a role, but not a user of the same name (property)', () => {
    const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);

    fc.assert(
      fc.property(name, name, (who, session) => {
        const account = 'arn:aws:iam::123456789012';
        const principal = `arn:aws:sts::123456789012:assumed-role/${who}/${session}`;
        expect(isApprover([`${account}:role/${who}`], principal)).toBe(true);
        expect(isApprover([`${account}:user/${who}`], principal)).toBe(false);
        expect(isApprover([`${account}:role/${who}x`], principal)).toBe(false);
        expect(isApprover([`${account}:role/x${who}`], principal)).toBe(false);
      }),
    );
  });

  it('admits no principal that is neither listed nor a session of what is listed (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (principal) => {
        fc.pre(!LISTED.includes(principal));
        expect(isApprover(LISTED, principal)).toBe(false);
      }),
    );
  });
});
