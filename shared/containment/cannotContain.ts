import type { Choices } from '../policy/choices';
import type { Suspect } from '../suspect/describe';
import type { LiveFacts } from './liveFacts';
import type { BlastPart } from './planned';

/** Stolen role sessions are treated as good for up to 12 h (IAM user guide, "Disabling permissions for temporary credentials"). */
const SESSION_HOURS = 12;

const versionsLine = ({ versions }: LiveFacts): readonly string[] => {
  if ('notKnown' in versions) return [`Whether it has published versions is not known: ${versions.notKnown}`];
  const { length } = versions.value;
  return length === 0
    ? []
    : [
        `${length} published version(s) cannot be changed: they are stopped with the function, and what is wrong in them is there again when it starts`,
      ];
};

/** Only a role that edgelambda may assume can be a Lambda@Edge function's. */
const edgeLine = ({ role }: LiveFacts): readonly string[] => {
  if ('notKnown' in role)
    return [`Whether CloudFront may run replicas of it (Lambda@Edge) is not known: ${role.notKnown}`];
  return role.value?.principals.some((principal) => principal.includes('edgelambda.amazonaws.com'))
    ? [
        'CloudFront may run replicas of it (Lambda@Edge): a reservation in this region does not reach them; take it off the distribution',
      ]
    : [];
};

const sessionLine = (siblings: BlastPart | undefined, { sharedRole }: Choices): string => {
  const shared = siblings === undefined || siblings.count === null || siblings.count > 0;
  return sharedRole === 'scoped' && shared
    ? `Credentials that were taken are denied inside the function alone, as its role is shared and the choice is scoped: used elsewhere they are good for up to ${SESSION_HOURS} h`
    : 'Credentials that were taken are denied and not ended: what IAM has not made effective yet (seconds to minutes) still works';
};

/**
 * The network is not cut off. Lambda's interfaces are shared by all functions with the same subnets and groups (Lambda
 * developer guide, "Hyperplane ENIs"), so a change of a group reaches siblings; and other groups in the configuration
 * govern only environments that begin later, of which concurrency 0 lets none begin.
 */
const networkLine = ({ function: known }: LiveFacts): readonly string[] => {
  const groups = 'value' in known ? (known.value?.securityGroups ?? []) : [];
  return groups.length === 0
    ? []
    : [
        `Connections of an invocation that runs already stay open: a rule of ${groups.join(', ')} can be taken away by hand, for every function that uses the group`,
      ];
};

/** What a containment of this function leaves open, one line each. Only what applies to it. */
export const cannotContain = (
  suspect: Suspect,
  facts: LiveFacts,
  blastRadius: readonly BlastPart[],
  choices: Choices,
  now: Date,
): readonly string[] => {
  const until = new Date(now.getTime() + suspect.timeoutSeconds * 1000).toISOString();
  return [
    `An invocation that runs already goes on for up to ${suspect.timeoutSeconds} s (if contained now, until ${until}): Lambda cannot stop it`,
    ...('value' in facts.role && facts.role.value === null
      ? []
      : [
          sessionLine(
            blastRadius.find(({ id }) => id === 'siblings'),
            choices,
          ),
          'Sessions of other roles that it assumed before are those roles’ sessions: the deny does not reach them',
        ]),
    ...networkLine(facts),
    ...edgeLine(facts),
    ...versionsLine(facts),
    'Memory and /tmp of running environments cannot be captured',
  ];
};
