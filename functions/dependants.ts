import { dependantClients } from '../shared/aws/clients';
import { listEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { admitsInline } from '../shared/containment/denyDocuments';
import { dependants } from '../shared/dependants/dependants';
import { type DependantsAnswer, dependantsRequest } from '../shared/dependants/request';

const settings = readSettings();
const prefix = `${settings.service}-${settings.stage}`;
const { ssm, clientsFor } = dependantClients({
  accountId: settings.ownAccountId,
  partition: settings.denyPolicyArn.split(':')[1] ?? 'aws',
  externalId: prefix,
});

/**
 * The only function that changes what depends on a suspect: it cuts off, keeps what was there before, and puts back what it
 * kept. It takes no state from whoever asks, and acts on nothing that it has not found itself.
 */
export const handler = async (input: unknown): Promise<DependantsAnswer> => {
  const request = dependantsRequest.parse(input);
  const answer = await dependants(request, {
    ssm,
    keptUnder: `/${settings.service}/${settings.stage}/dependants`,
    service: settings.service,
    accountId: settings.ownAccountId,
    region: settings.ownRegion,
    memberAccounts: listEnv('TOURNIQUET_MEMBER_ACCOUNTS'),
    clientsFor: async (account) => ({
      ...(await clientsFor(account)),
      accountId: account,
      service: settings.service,
      databaseFunction: `${prefix}-rotateDatabase`,
      mayChangeRole: (roleArn) => admitsInline(roleArn, settings.choices.inlineRoles, prefix),
    }),
  });
  const { kind, action, holder } = request;
  log.info('dependants', { kind, action, holder, states: answer.states });
  return answer;
};
