import { awsCli } from '../../containment/awsCli';
import { resourceOf } from '../../exposure/abilities';
import { type CutClients, defineCut, type Reach, type Target } from '../cut';
import { admits, meansTheSame, mended, sidOf, standing, withCutOff, withoutCutOff } from '../cutOffStatement';
import { holderOf, POLICY_HOLDERS } from '../policyHolders';

/** The policy's text as the service gave it. */
type Before = { readonly policy: string | null };

/** Two suspects on one resource have a statement each, and so a target each. */
const idOf = (arn: string, roleArn: string): string => `${arn}#${sidOf(roleArn)}`;
const arnOf = ({ id }: Target<Before>): string => id.slice(0, id.lastIndexOf('#'));

/** A command is one line, whatever its owner's policy looks like. */
const oneLine = (json: string): string => JSON.stringify(JSON.parse(json));

/** The policy by which a resource lets the role in, without what an earlier try has put into it; null where it does not. */
const admitting = async (arn: string, reach: Reach, clients: CutClients): Promise<string | null> => {
  const holder = holderOf(arn);
  const policy = await holder.read(arn, clients);
  if (policy === null || policy === 'gone' || !admits(policy, reach.roleArn)) return null;
  const statement = holder.statement(arn, reach.roleArn);
  return standing(policy, statement) === 'absent' ? policy : withoutCutOff(policy, statement);
};

/**
 * Queues, buckets and secrets whose own policy lets the suspect's role in, by name, with its account or with everybody.
 * Each gets a statement that denies the role everything. The deny on the role may be wanting: where it could not be
 * attached (a service's role, a full one, one of another account), or not yet effective where a stolen session of it is
 * used. Here the resource itself refuses every session of the role, wherever it is used from and whatever policies the
 * role gets meanwhile (IAM user guide, "Policy evaluation logic": an explicit deny in either policy decides).
 */
export const resourcePolicies = defineCut<Before>({
  kind: 'resource-policies',
  title: 'Policies of queues, buckets and secrets that let it in',
  permissions: [
    'sqs:GetQueueUrl',
    'sqs:GetQueueAttributes',
    'sqs:SetQueueAttributes',
    's3:ListAllMyBuckets',
    's3:GetBucketPolicy',
    's3:PutBucketPolicy',
    's3:DeleteBucketPolicy',
    'secretsmanager:GetResourcePolicy',
    'secretsmanager:PutResourcePolicy',
    'secretsmanager:DeleteResourcePolicy',
  ],

  inMembers: true,

  find: async (reach, clients) => {
    const lists = await Promise.all(POLICY_HOLDERS.map(({ list }) => list(reach, clients)));
    const listed = new Set(lists.flat());
    const targets: Target<Before>[] = [];
    // In the order of the suspect's reach: the worst first.
    const inOrder = reach.resources.flatMap((resource) => resourceOf(resource)?.arn ?? []);
    for (const arn of inOrder.filter((resource) => listed.delete(resource))) {
      const policy = await admitting(arn, reach, clients);
      const breaks = `nothing that runs under ${reach.roleArn} can use ${arn}`;
      if (policy !== null) targets.push({ id: idOf(arn, reach.roleArn), before: { policy }, breaks });
    }
    return targets;
  },

  cut: async (target, { roleArn }, clients) => {
    const arn = arnOf(target);
    const holder = holderOf(arn);
    const live = await holder.read(arn, clients);
    if (live === 'gone') return;
    const statement = holder.statement(arn, roleArn);
    if (standing(live, statement) !== 'ours') await holder.write(arn, withCutOff(live, statement), clients);
  },

  isCut: async (target, { roleArn }, clients) => {
    const arn = arnOf(target);
    const live = await holderOf(arn).read(arn, clients);
    return live === 'gone' || standing(live, holderOf(arn).statement(arn, roleArn)) === 'ours';
  },

  mend: async (target, { roleArn }, clients) => {
    const arn = arnOf(target);
    const holder = holderOf(arn);
    const { policy } = target.before;
    const live = await holder.read(arn, clients);
    if (live === 'gone') return { outcome: 'drift', detail: `the ${holder.kind} no longer exists` };
    const statement = holder.statement(arn, roleArn);
    const found = standing(live, statement);
    if (found === 'absent')
      return meansTheSame(live, policy)
        ? { outcome: 'restored', detail: 'its policy is as it was' }
        : { outcome: 'drift', detail: 'our statement is gone, and the policy another one: it stays so' };
    if (found === 'changed' || live === null)
      return { outcome: 'drift', detail: 'our statement was changed since, and stays as it is' };
    await holder.write(arn, mended(live, policy, statement), clients);
    return { outcome: 'restored', detail: 'our statement is out of its policy again' };
  },

  does: 'deny its role everything in the policies of',
  cautions: [
    'everything that runs under the same role is denied too',
    'a policy is read and then written: what somebody else writes in that moment is lost',
    'S3 writes no policy that lets in everybody where it blocks such: then the bucket is not cut',
    'what belongs to an account that the policy does not list (memberAccounts), or to another Region, is not looked at',
  ],

  undo: (target, { region }) => {
    const arn = arnOf(target);
    const { policy } = target.before;
    return [awsCli(region, ...holderOf(arn).words(arn, policy === null ? null : oneLine(policy)))];
  },
});
