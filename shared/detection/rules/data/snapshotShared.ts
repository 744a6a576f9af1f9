import { DENIED, record } from '../../example';
import { at, texts } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'snapshot-shared',
  row: 18,
  title: 'A snapshot or image was shared with everybody or another account',
  techniques: ['T1537'],
  severity: ({ request }) => ([...texts(request)].includes('all') ? 8 : 6),
  rationale: 'A disk or database is copied by whoever it is shared with, without a trace here',
  references: ['https://attack.mitre.org/techniques/T1537/'],
  calls: [
    'ec2:ModifySnapshotAttribute',
    'ec2:ModifyImageAttribute',
    'rds:ModifyDBSnapshotAttribute',
    'rds:ModifyDBClusterSnapshotAttribute',
    'ec2:ModifyFpgaImageAttribute',
  ],
  when: (call, setting) =>
    ['createVolumePermission.add', 'launchPermission.add', 'loadPermission.add', 'valuesToAdd'].some((path) =>
      [...texts(at(call.request, path))].some((value) => value === 'all' || isForeign(value, call, setting)),
    ),
};

export const examples: Examples = {
  fires: [
    [
      record('ec2:ModifySnapshotAttribute', {
        snapshotId: 'snap-0123',
        createVolumePermission: { add: { items: [{ userId: '444455556666' }] } },
      }),
    ],
  ],
  silent: [
    [
      record(
        'ec2:ModifySnapshotAttribute',
        { snapshotId: 'snap-0123', createVolumePermission: { add: { items: [{ userId: '444455556666' }] } } },
        DENIED,
      ),
    ],
    [
      record('ec2:ModifySnapshotAttribute', {
        snapshotId: 'snap-0123',
        createVolumePermission: { remove: { items: [{ group: 'all' }] } },
      }),
    ],
    [
      record('ec2:ModifySnapshotAttribute', {
        snapshotId: 'snap-0123',
        createVolumePermission: { add: { items: [{ userId: '111122223333' }] } },
      }),
    ],
  ],
};
