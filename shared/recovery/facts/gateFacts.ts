import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { readLedgers } from '../../containment/ledger';
import { type Approvals, getApproved } from '../../fleet/approved';
import type { Incident } from '../../incident/incident';
import { readDeployed } from '../../suspect/deployed';
import { liveCode } from '../../suspect/liveCode';
import type { GateFacts } from '../checks/facts';
import type { ReleaseFrom } from '../checks/source';
import { dependencyFacts } from './livePackage';
import { type PolicyTools, policyFacts } from './policyFacts';
import { stagingFacts } from './staged';
import { started } from './started';

export type GateTools = PolicyTools & {
  readonly metrics: CloudWatchClient;
  readonly approvedStates: Approvals;
  readonly fetch: typeof fetch;
};

/** All that a release is judged by. Throws where the function itself, or its approved state, cannot be read. */
export const gateFacts = async (
  incident: Incident,
  from: ReleaseFrom,
  awaited: boolean,
  tools: GateTools,
): Promise<GateFacts> => {
  const { lambda, metrics, approvedStates, records, fetch } = tools;
  const { functionArn, qualifier, containedDigest = '' } = incident;
  const named = { arn: functionArn ?? '', qualifier };
  // As the sweep compares: it keeps the state of the function itself, salted with its ARN.
  const itself = { arn: named.arn, qualifier: null };
  const [live, starts, tags, deployed, comparable, known, dependency, staging] = await Promise.all([
    liveCode(named, containedDigest, lambda),
    readLedgers(records, incident).then((ledgers) => started(incident, ledgers, lambda)),
    Object.keys(from.tags).length === 0 ? {} : tagsOf(named.arn, lambda),
    readDeployed(named, incident.id, containedDigest, lambda),
    readDeployed(itself, named.arn, '', lambda),
    getApproved(approvedStates, named.arn),
    dependencyFacts(incident, { lambda, fetch }),
    stagingFacts(incident.functionName ?? '', from.stagedIn, { lambda, metrics, now: records.now }),
  ]);
  const { decision } = incident;
  return {
    incident,
    awaited,
    started: starts,
    live: { signer: live.signer, tags },
    deployed,
    approved: known === null ? null : { state: known.state.deployed, deployed: comparable },
    policies: await policyFacts(incident, deployed, decision?.force ?? [], tools),
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
