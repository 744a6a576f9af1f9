import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'table-exported',
  row: 20,
  title: 'A table was exported to a bucket',
  techniques: ['T1567.002', 'T1213', 'T1530'],
  severity: 6,
  rationale: 'The whole table leaves with one call',
  references: ['https://attack.mitre.org/techniques/T1567/002/'],
  calls: ['dynamodb:ExportTableToPointInTime', 'rds:StartExportTask', 'glue:CreateJob'],
  deploys: true,
  when: (call) => call.name !== 'CreateJob',
};

export const examples: Examples = {
  fires: [
    [
      record('dynamodb:ExportTableToPointInTime', {
        tableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders',
        s3Bucket: 'copy',
      }),
    ],
  ],
  silent: [
    [
      record(
        'dynamodb:ExportTableToPointInTime',
        { tableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders', s3Bucket: 'copy' },
        DENIED,
      ),
    ],
    [
      record(
        'dynamodb:ExportTableToPointInTime',
        { tableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders', s3Bucket: 'copy' },
        BY_CLOUDFORMATION,
      ),
    ],
  ],
};
