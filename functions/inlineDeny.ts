import { iamClient, ssmClient } from '../shared/aws/clients';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { inlineDeny, inlineDenyRequest } from '../shared/containment/inlineDeny';
import type { InlineDenyOutcome } from '../shared/containment/inlinePolicy';

const settings = readSettings();
const iam = iamClient();
const ssm = ssmClient();

/**
 * The only function that may write a policy: the deny of one function of a shared role, of a role that has no room for
 * the attached one, and of old sessions; and who may assume a role, which it narrows. It takes no document, and only the deployment's `inlineRoles` are within reach.
 */
export const handler = async (input: unknown): Promise<InlineDenyOutcome> => {
  const request = inlineDenyRequest.parse(input);
  const outcome = await inlineDeny(request, {
    iam,
    ssm,
    keptUnder: `/${settings.service}/${settings.stage}/trust`,
    place: {
      partition: settings.denyPolicyArn.split(':')[1] ?? 'aws',
      region: settings.ownRegion,
      accountId: settings.ownAccountId,
      prefix: `${settings.service}-${settings.stage}`,
    },
    inlineRoles: settings.choices.inlineRoles,
    denyLogs: settings.choices.denyLogs,
  });
  log.info('inline deny', { ...request, outcome });
  return outcome;
};
