'use strict';

/*
 * What the cuts need (shared/dependants/cuts), by kind: `reads` to find, which the plan has too, and `writes` to cut and
 * to mend, which the function `dependants` alone has. `denies` keep it off our own, of every stage. A statement that names
 * no resource says why: a dependant is anything of the account, and is not known before the finding.
 */
const cutsOf = ({ allow, deny, at, iamArn, anyRole, anyMapping, listedRoles, ourFunctions, service }) => ({
  'trusting-roles': {
    reads: [
      // ListRoles takes no resource that is narrower than all.
      allow(['iam:ListRoles'], '*'),
      allow(['iam:GetRole'], anyRole),
    ],
    writes: listedRoles.length === 0 ? [] : [allow(['iam:UpdateAssumeRolePolicy'], listedRoles)],
    denies: [
      deny(['iam:UpdateAssumeRolePolicy'], [iamArn(`role/${service}-*`), iamArn(`role/*/${service}-*`)]),
    ],
  },
  consumers: {
    reads: [
      // ListEventSourceMappings takes no resource.
      allow(['lambda:ListEventSourceMappings'], '*'),
      allow(['lambda:GetEventSourceMapping'], anyMapping),
    ],
    writes: [allow(['lambda:UpdateEventSourceMapping'], anyMapping)],
    denies: [
      // A mapping's ARN does not name its function; the condition key does.
      deny(['lambda:UpdateEventSourceMapping'], anyMapping, {
        ArnLike: { 'lambda:FunctionArn': ourFunctions },
      }),
    ],
  },
  rules: {
    reads: [
      // ListRules takes no resource that is narrower than all rules.
      allow(['events:ListRules'], '*'),
      allow(['events:DescribeRule'], at('events', 'rule/*')),
    ],
    writes: [allow(['events:DisableRule', 'events:EnableRule'], at('events', 'rule/*'))],
    denies: [
      // Ours on the default bus, all on our bus, and ours on another.
      deny(
        ['events:DisableRule', 'events:EnableRule'],
        [at('events', `rule/${service}-*`), at('events', `rule/*/${service}-*`)],
      ),
    ],
  },
});

/** The kinds that can be cut, as in shared/policy/dependants.ts. */
const KINDS = ['trusting-roles', 'consumers', 'rules'];

/** The role of that name in a member account (infrastructure/member/memberRole.yml). */
const MEMBER_ROLE = 'tourniquet-member';

/**
 * The statements of the function `dependants` and those of the plan, for the kinds that policy does not leave off. `kept`:
 * the parameters with what was there before.
 */
const dependantStatements = (kinds, memberAccounts, kept, names) => {
  const cuts = cutsOf(names);
  const of = (what) => kinds.flatMap((kind) => cuts[kind][what]);
  if (kinds.length === 0) return { dependants: [], plan: [] };
  const members = memberAccounts.map((id) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:iam::${id}:role/${MEMBER_ROLE}`,
  }));
  const takesMember = members.length === 0 ? [] : [names.allow(['sts:AssumeRole'], members)];
  // Of a path, with what is under it.
  const readsKept = names.allow(['ssm:GetParametersByPath'], kept);
  return {
    dependants: [
      ...of('reads'),
      ...of('writes'),
      ...of('denies'),
      readsKept,
      // What it puts back is what it kept itself: nobody else may write here.
      names.allow(['ssm:PutParameter', 'ssm:DeleteParameter'], kept),
      ...takesMember,
    ],
    plan: [...of('reads'), readsKept],
  };
};

module.exports = { KINDS, MEMBER_ROLE, dependantStatements };
