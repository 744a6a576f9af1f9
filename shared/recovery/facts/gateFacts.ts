import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type Approvals, getApproved } from '../../fleet/approved';
import type { Incident } from '../../incident/incident';
import type { Records } from '../../incident/store';
import { readDeployed } from '../../suspect/deployed';
import { aliasedCodes, liveCode } from '../../suspect/liveCode';
import type { GateFacts } from '../checks/facts';
import type { ReleaseFrom } from '../checks/source';
import { dependencyFacts } from './livePackage';
import { livePolicies } from './livePolicies';
import { stagingFacts } from './staged';

type Tools = {
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly metrics: CloudWatchClient;
  readonly approvedStates: Approvals;
  readonly records: Records;
  readonly fetch: typeof fetch;
  /** How the names of policies begin that Tourniquet itself puts on roles. */
  readonly ours: string;
};

/** All that a release is judged by. Throws where the function itself, or its approved state, cannot be read. */
export const gateFacts = async (
  incident: Incident,
  from: ReleaseFrom,
  awaited: boolean,
  { lambda, iam, metrics, approvedStates, records, fetch, ours }: Tools,
): Promise<GateFacts> => {
  const { functionArn, qualifier, containedDigest = '', remains } = incident;
  const named = { arn: functionArn ?? '', qualifier };
  // As the sweep compares: it keeps the state of the function itself, salted with its ARN.
  const itself = { arn: named.arn, qualifier: null };
  const [live, aliased, tags, deployed, comparable, known, dependency, staging] = await Promise.all([
    liveCode(named, containedDigest, lambda),
    aliasedCodes(named.arn, lambda),
    Object.keys(from.tags).length === 0 ? {} : tagsOf(named.arn, lambda),
    readDeployed(named, incident.id, containedDigest, lambda),
    readDeployed(itself, named.arn, '', lambda),
    getApproved(approvedStates, named.arn),
    dependencyFacts(incident, { lambda, fetch }),
    stagingFacts(incident.functionName ?? '', from.stagedIn, { lambda, metrics, now: records.now }),
  ]);
  const grants = known?.state.grants;
  return {
    incident,
    awaited,
    live: { ...live, tags, aliased },
    deployed,
    approved: known === null ? null : { state: known.state.deployed, deployed: comparable },
    policies: {
      contained: remains?.grants ?? null,
      planted: remains?.planted ?? null,
      approved: known === null || grants === undefined ? null : { grants, by: known.by },
      live: await livePolicies(incident, deployed, { lambda, iam, records, ours }),
    },
    dependency,
    staging,
    from,
  };
};

/** What its tags are now: whoever may tag it can change them. */
const tagsOf = async (
  FunctionName: string,
  lambda: LambdaClient,
): Promise<Readonly<Record<string, string>>> =>
  (await lambda.send(new GetFunctionCommand({ FunctionName }))).Tags ?? {};
