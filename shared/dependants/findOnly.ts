import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Settings } from '../aws/settings';
import { admitsInline } from '../containment/denyDocuments';
import type { CutClients } from './cut';
import { cutOf } from './cuts';
import { survey } from './findTargets';
import type { DependantsAnswer, DependantsRequest } from './request';

/** For a plan, which changes nothing: what would be cut, with the reader's own permissions, in this account alone. */
export const findOnly =
  (
    { service, stage, choices }: Pick<Settings, 'service' | 'stage' | 'choices'>,
    memberAccounts: readonly string[],
    {
      ssm,
      ...clients
    }: Omit<CutClients, 'mayChangeRole' | 'accountId' | 'service' | 'databaseFunction'> & {
      readonly ssm: SSMClient;
    },
  ) =>
  async ({ kind, action, reach }: DependantsRequest): Promise<DependantsAnswer> => {
    if (action !== 'find') throw new RangeError(`a plan changes nothing, and was asked to ${action}`);
    const cut = cutOf(kind);
    const answer = await survey(cut, reach, {
      ssm,
      keptUnder: `/${service}/${stage}/dependants`,
      service,
      memberAccounts: [],
      clientsFor: (accountId) =>
        Promise.resolve({
          ...clients,
          accountId,
          service,
          databaseFunction: '',
          mayChangeRole: (roleArn) => admitsInline(roleArn, choices.inlineRoles, `${service}-${stage}`),
        }),
    });
    if (cut.inMembers !== true || memberAccounts.length === 0) return answer;
    const unseen = `a plan does not look into ${memberAccounts.join(', ')}: what is there comes beside`;
    return {
      ...answer,
      text: `${answer.text}; ${unseen}`,
      cautions: [...answer.cautions, unseen],
      left: [...answer.left, unseen],
    };
  };
