import { CUTS } from '../../../shared/dependants/cuts';
import { readYaml } from '../../fixtures/repository';

type Statement = { readonly Effect: string; readonly Action: readonly string[]; readonly Resource: unknown };
const { Resources } = readYaml('infrastructure/member/memberRole.yml') as {
  Resources: Record<
    string,
    {
      Properties: {
        RoleName: string;
        AssumeRolePolicyDocument: { Statement: readonly Record<string, unknown>[] };
        Policies: readonly { PolicyDocument: { Statement: readonly Statement[] } }[];
      };
    }
  >;
};
const properties = Resources.MemberRole?.Properties;
const statements = properties?.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
const { MEMBER_ROLE } = require('../../../infrastructure/dependants.cjs') as { MEMBER_ROLE: string };

describe('the role of a member account', () => {
  it('is the one that the responder takes, and taken by that alone, with the external id', () => {
    expect(properties?.RoleName).toBe(MEMBER_ROLE);
    expect(properties?.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: expect.anything() },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': expect.anything() } },
      },
    ]);
  });

  it('may do what the cuts declare that look into other accounts, and nothing else', () => {
    const declared = CUTS.filter(({ inMembers }) => inMembers === true).flatMap(
      ({ permissions }) => permissions,
    );
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);

    expect(new Set(allowed)).toEqual(new Set(declared));
  });

  it('may change nothing of ours: not itself, which would let anybody in', () => {
    const denied = statements.filter(({ Effect }) => Effect === 'Deny');

    expect(denied.flatMap(({ Action }) => Action)).toContain('iam:UpdateAssumeRolePolicy');
    const changes = statements
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
      .filter((action) => /:(?:Put|Set|Delete|Update)/.test(action));
    expect(denied.flatMap(({ Action }) => Action)).toEqual(expect.arrayContaining(changes));
    expect(JSON.stringify(denied)).toContain('role/tourniquet-*');
    expect(MEMBER_ROLE.startsWith('tourniquet-')).toBe(true);
  });
});
