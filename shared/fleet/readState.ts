import type { IAMClient } from '@aws-sdk/client-iam';
import {
  GetFunctionUrlConfigCommand,
  type LambdaClient,
  ListTagsCommand,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { MODE_TAG } from '../policy/mode';
import { readDeployed } from '../suspect/deployed';
import { accessOf, type Documents, grantsOf } from './documents';
import { functionDocuments, orNone, roleDocuments } from './readDocuments';
import type { State } from './state';

export type Clients = { readonly lambda: LambdaClient; readonly iam: IAMClient };

type Access = Readonly<Record<string, string>>;

const ofFunction = async (arn: string, lambda: LambdaClient): Promise<Access> => {
  const access: Record<string, string> = {};
  const [url, tags] = await Promise.all([
    orNone(() => lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: arn }))),
    lambda.send(new ListTagsCommand({ Resource: arn })),
  ]);
  if (url !== null) access['function URL'] = `${url.AuthType}`;
  const mode = tags.Tags?.[MODE_TAG];
  if (mode !== undefined) access[`tag ${MODE_TAG}`] = mode;
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
    { client: lambda },
    { FunctionName: arn },
  ))
    for (const { EventSourceArn, UUID } of EventSourceMappings)
      access[`event source ${EventSourceArn ?? UUID}`] = 'there';
  return access;
};

/**
 * Reads functions one after the other; roles that several share are asked about once. Gives null where a function does
 * not exist (any more). `ours`: how the names of policies begin that Tourniquet itself puts on roles.
 */
export const stateReader = ({ lambda, iam }: Clients, ours: string) => {
  const roles = new Map<string, Promise<Documents>>();
  return async (arn: string): Promise<State | null> =>
    orNone(async () => {
      const [deployed, access] = await Promise.all([
        readDeployed({ arn, qualifier: null }, arn, '', lambda),
        ofFunction(arn, lambda),
      ]);
      const { role, aliases } = deployed;
      const policies = await functionDocuments(arn, Object.keys(aliases), lambda);
      const known = roles.get(role) ?? roleDocuments(role, ours, iam);
      roles.set(role, known);
      const ofRole = await known;
      return {
        deployed,
        access: { ...access, ...accessOf(policies), ...accessOf(ofRole) },
        grants: grantsOf({ ...policies, ...ofRole }),
      };
    });
};
