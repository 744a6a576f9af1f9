import { DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'credential-file-read',
  row: 17,
  title: 'An object that is named like credentials was read',
  techniques: ['T1530', 'T1552.001'],
  severity: 5,
  rationale: 'Keys and passwords lie in buckets under their usual names',
  references: ['https://attack.mitre.org/techniques/T1530/'],
  calls: ['s3:GetObject'],
  when: ({ request }) =>
    /(?:^|\/)(?:\.aws\/credentials|\.?credentials(?:\.csv|\.json)?|accessKeys\.csv|rootkey\.csv|id_(?:rsa|dsa|ed25519)|[^/]*\.(?:pem|ppk|kdbx|jks|pfx|p12)|\.env(?:\.\w+)?|\.git-credentials|\.netrc|\.npmrc|\.pgpass|shadow|passwd)$/i.test(
      text(request, 'key') ?? '',
    ),
};

export const examples: Examples = {
  fires: [[record('s3:GetObject', { bucketName: 'data', key: 'backup/.aws/credentials' })]],
  silent: [
    [record('s3:GetObject', { bucketName: 'data', key: 'backup/.aws/credentials' }, DENIED)],
    [record('s3:GetObject', { bucketName: 'data', key: 'backup/credentials.md' })],
  ],
};
