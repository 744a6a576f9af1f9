import type { CheckId } from './checks';
import type { ControlId } from './standard';

/** What in this product implements a control. */
export type Control = {
  readonly id: ControlId;
  readonly title: string;
  /** Each with the files that do it, from the root of the repository. */
  readonly implementedBy: readonly [Feature, ...Feature[]];
  /** What an auditor can be handed, and where it comes from. */
  readonly artifact: string;
  /** What is asked of the deployment itself. */
  readonly checks: readonly [CheckId, ...CheckId[]];
};
export type Feature = { readonly what: string; readonly files: readonly [string, ...string[]] };

export const CONTROLS: readonly Control[] = [
  {
    id: 'access-control',
    title: 'Access control',
    implementedBy: [
      { what: 'one least-privilege role for each function', files: ['infrastructure/roles.cjs'] },
      {
        what: "only listed approvers decide, whom Slack's signature or AWS makes out; more than one where policy says so",
        files: ['shared/approval/approvers.ts', 'shared/approval/quorum.ts', 'functions/decide.ts'],
      },
      {
        what: 'a compromised function loses the power of its credentials',
        files: ['shared/containment/controls/role.ts', 'shared/containment/denyDocuments.ts'],
      },
    ],
    artifact:
      'the deployed roles, the approvers of policy.yml, and each decision with its approver in post-mortem.json',
    checks: ['roles-as-template', 'approvers-listed', 'bucket-private'],
  },
  {
    id: 'encryption',
    title: 'Encryption',
    implementedBy: [
      {
        what: 'evidence, tables and queues under KMS keys, a key of its own for secrets',
        files: ['infrastructure/keys.yml', 'infrastructure/evidenceBucket.yml', 'infrastructure/tables.yml'],
      },
      { what: 'requests without TLS are refused', files: ['infrastructure/evidencePolicies.cjs'] },
      { what: 'manifests are signed in KMS', files: ['shared/evidence/sealManifest.ts'] },
    ],
    artifact: 'the settings of bucket, tables and keys as AWS gives them, and the signature of each manifest',
    checks: ['bucket-encrypted', 'tables-encrypted', 'keys-enabled'],
  },
  {
    id: 'audit-logging',
    title: 'Audit logging',
    implementedBy: [
      {
        what: 'the history of each incident: append-only, a chain of digests',
        files: ['shared/incident/history.ts', 'infrastructure/historyPolicy.cjs', 'cli/audit.ts'],
      },
      { what: 'the history sealed with the evidence', files: ['functions/postMortem.ts'] },
      { what: 'logs of the functions with a retention', files: ['serverless.yml'] },
    ],
    artifact: 'tourniquet audit --json, and response/history.json of the sealed evidence',
    checks: ['history-whole', 'tables-protected', 'logs-kept', 'trail-on'],
  },
  {
    id: 'monitoring',
    title: 'Monitoring and detection',
    implementedBy: [
      {
        what: 'rules over recorded calls and log lines',
        files: ['shared/detection/rules.ts', 'shared/detection/logRules.ts', 'infrastructure/events.yml'],
      },
      { what: 'what functions usually do, learned from a trail', files: ['functions/learn.ts'] },
      {
        what: "alarms on Tourniquet's own failures",
        files: ['infrastructure/alarms.cjs', 'infrastructure/evidenceGuard.yml'],
      },
      { what: 'the drift watch and the sweep', files: ['functions/driftWatch.ts', 'functions/sweep.ts'] },
    ],
    artifact: 'docs/detections.md, tourniquet doctor --json, and the findings of each incident',
    checks: ['detection-on', 'trail-on', 'alarms-heard'],
  },
  {
    id: 'incident-response',
    title: 'Incident response',
    implementedBy: [
      { what: 'the playbook', files: ['statemachines/incident.asl.yml'] },
      { what: 'evidence that anybody verifies offline', files: ['shared/evidence/verify.ts'] },
      { what: 'a drill by the real path', files: ['shared/drill/drill.ts'] },
      {
        what: 'the post-mortem from the record, and trends over incidents',
        files: ['shared/report/postMortem.ts', 'shared/report/trends.ts'],
      },
      { what: 'what to do when paged', files: ['docs/runbook.md'] },
    ],
    artifact: 'post-mortem.md and the signed manifests of each incident; the record of the last drill',
    checks: ['drill-recent', 'approvers-listed', 'alarms-heard', 'manifests-verify'],
  },
  {
    id: 'data-protection',
    title: 'Data protection',
    implementedBy: [
      {
        what: 'Object Lock, versions, no public access, a retention with an end',
        files: ['infrastructure/evidenceBucket.yml', 'infrastructure/retention.cjs'],
      },
      {
        what: 'point-in-time recovery and deletion protection of the tables',
        files: ['infrastructure/tables.yml'],
      },
      { what: 'copies with credentials and personal data masked', files: ['cli/evidence/share.ts'] },
    ],
    artifact:
      'the settings of bucket and tables as AWS gives them, and the report of tourniquet evidence share',
    checks: ['bucket-locks', 'bucket-versioned', 'bucket-private', 'tables-protected', 'manifests-verify'],
  },
  {
    id: 'change-management',
    title: 'Change management',
    implementedBy: [
      {
        what: 'policy as a file that is checked before it is deployed',
        files: ['policy.yml', 'infrastructure/policySchema.cjs'],
      },
      { what: 'a gate before a release, waivers with a name', files: ['shared/recovery/gate.ts'] },
      { what: 'the approved state of functions', files: ['shared/fleet/approved.ts', 'cli/approve.ts'] },
      { what: 'what is deployed on a contained function is sealed', files: ['shared/evidence/candidate.ts'] },
    ],
    artifact:
      'policy.yml under version control, the gate and waivers in post-mortem.json, the approved states',
    checks: ['policy-in-effect', 'roles-as-template', 'detection-on'],
  },
];
