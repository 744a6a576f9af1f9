import { awsCli } from '../../containment/awsCli';
import { resourceOf } from '../../exposure/abilities';
import { type CutClients, defineCut, type Reach, type Target } from '../cut';
import {
  admits,
  meansTheSame,
  mended,
  namesDeleted,
  sidOf,
  standing,
  withCutOff,
  withoutCutOff,
} from '../cutOffStatement';
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
  const live = await holder.read(arn, clients);
  if (live === 'gone' || live.policy === null || !admits(live.policy, reach.roleArn)) return null;
  const statement = holder.statement(arn, reach.roleArn);
  return standing(live.policy, statement) === 'absent' ? live.policy : withoutCutOff(live.policy, statement);
};

/** Null where it does not let the role in. */
const targetAt = async (arn: string, reach: Reach, clients: CutClients): Promise<Target<Before> | null> => {
  const id = idOf(arn, reach.roleArn);
  const breaks = `nothing that runs under ${reach.roleArn} can use ${arn}`;
  const left = (await holderOf(arn).left?.(arn, clients)) ?? null;
  if (left !== null) return { id, before: { policy: null }, breaks, left };
  const policy = await admitting(arn, reach, clients);
  if (policy === null) return null;
  // KMS developer guide, "Create a key policy"; S3, SQS, SNS and DynamoDB call it an invalid principal.
  return namesDeleted(policy)
    ? {
        id,
        before: { policy },
        breaks,
        left: 'its policy names a principal that was deleted: AWS writes it no more',
      }
    : { id, before: { policy }, breaks };
};

/**
 * What has a policy of its own that lets the suspect's role in, by name, with its account or with everybody. Each gets a
 * statement that denies the role everything that its service takes there. The deny on the role may be wanting: where it
 * could not be attached (a service's role, a full one, one of another account), or not yet effective where a stolen
 * session of it is used. Here the resource itself refuses every session of the role, wherever it is used from and whatever
 * policies the role gets meanwhile (IAM user guide, "Policy evaluation logic": an explicit deny in either policy decides).
 */
export const resourcePolicies = defineCut<Before>({
  kind: 'resource-policies',
  title: 'Policies of resources that let it in',
  permissions: POLICY_HOLDERS.flatMap(({ permissions }) => permissions),

  inMembers: true,

  find: async (reach, clients) => {
    // What lets it read lets it in as well.
    const resources = [...reach.resources, ...reach.reads];
    const lists = await Promise.all(POLICY_HOLDERS.map(({ list }) => list({ ...reach, resources }, clients)));
    const listed = new Set(lists.flat());
    const targets: Target<Before>[] = [];
    // In the order of the suspect's reach: the worst first.
    const inOrder = resources.flatMap((resource) => resourceOf(resource)?.arn ?? []);
    for (const arn of inOrder.filter((resource) => listed.delete(resource))) {
      const target = await targetAt(arn, reach, clients);
      if (target !== null) targets.push(target);
    }
    return targets;
  },

  cut: async (target, { roleArn }, clients) => {
    const arn = arnOf(target);
    const holder = holderOf(arn);
    const live = await holder.read(arn, clients);
    if (live === 'gone') return;
    const statement = holder.statement(arn, roleArn);
    if (standing(live.policy, statement) !== 'ours')
      await holder.put(arn, withCutOff(live.policy, statement), clients, live);
  },

  isCut: async (target, { roleArn }, clients) => {
    const arn = arnOf(target);
    const live = await holderOf(arn).read(arn, clients);
    return live === 'gone' || standing(live.policy, holderOf(arn).statement(arn, roleArn)) === 'ours';
  },

  mend: async (target, { roleArn }, clients) => {
    const arn = arnOf(target);
    const holder = holderOf(arn);
    const { policy } = target.before;
    const live = await holder.read(arn, clients);
    if (live === 'gone') return { outcome: 'drift', detail: `the ${holder.kind} no longer exists` };
    const statement = holder.statement(arn, roleArn);
    const found = standing(live.policy, statement);
    if (found === 'absent')
      return meansTheSame(live.policy, policy)
        ? { outcome: 'restored', detail: 'its policy is as it was' }
        : { outcome: 'drift', detail: 'our statement is gone, and the policy another one: it stays so' };
    if (found === 'changed' || live.policy === null)
      return { outcome: 'drift', detail: 'our statement was changed since, and stays as it is' };
    const without = mended(live.policy, policy, statement);
    if (without !== null) await holder.put(arn, without, clients, live);
    else if (holder.remove !== undefined) await holder.remove(arn, clients, live);
    else
      return {
        outcome: 'drift',
        detail: `nothing but our statement is left in its policy, and a ${holder.kind} has to have one: it stays`,
      };
    return { outcome: 'restored', detail: 'our statement is out of its policy again' };
  },

  does: 'deny its role everything in the policies of',
  cautions: [
    'everything that runs under the same role is denied too',
    'a policy is read and then written: but for a table, what somebody else writes in that moment is lost',
    'S3 writes no policy that lets in everybody where it blocks such: then the bucket is not cut',
    'the stream of a table and a consumer of a stream have policies of their own, which stay',
    'a stream and a topic take no denial of every action: who may delete or resize a stream still may',
    'under a denied key no service decrypts for the role: a function with it that has its environment there does not start',
    'what the role itself has granted others on a key stays: aws kms list-grants shows it',
    'what belongs to an account that the policy does not list (memberAccounts), or to another Region, is not looked at',
  ],

  undo: (target, { region }) => {
    const arn = arnOf(target);
    const { policy } = target.before;
    const { putWords, removeWords } = holderOf(arn);
    const words = policy === null ? removeWords?.(arn) : putWords(arn, oneLine(policy));
    return words === undefined ? [] : [awsCli(region, ...words)];
  },
});
