import { record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'object-read-from-outside',
  row: 17,
  title: 'A foreign account read objects through an endpoint of ours',
  techniques: ['T1530', 'T1537'],
  severity: 4,
  rationale:
    'Whoever is inside the network and uses an account of their own takes data out past its policies',
  references: ['https://attack.mitre.org/techniques/T1530/'],
  calls: ['s3:GetObject'],
  when: (call, setting) =>
    call.caller.account !== null &&
    /^\d{12}$/.test(call.caller.account) &&
    isForeign(call.caller.account, call, setting) &&
    text(call.record, 'vpcEndpointId') !== null,
};

export const examples: Examples = {
  fires: [
    [
      record(
        's3:GetObject',
        { bucketName: 'data', key: 'a.csv' },
        {
          userIdentity: { type: 'AWSAccount', accountId: '444455556666', principalId: 'AROAOTHER:x' },
          vpcEndpointId: 'vpce-0123456789abcdef0',
        },
      ),
    ],
  ],
  silent: [
    [
      record(
        's3:GetObject',
        { bucketName: 'data', key: 'a.csv' },
        {
          userIdentity: { type: 'AWSAccount', accountId: '111122223333', principalId: 'AROAOTHER:x' },
          vpcEndpointId: 'vpce-0123456789abcdef0',
        },
      ),
    ],
  ],
};
