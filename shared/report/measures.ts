/*
 * What keeps it from happening again, by ATT&CK technique. Each is a proposal for people, from the mitigations that
 * ATT&CK names (M-ids) and AWS's own means; none is applied.
 */

export type Measure = {
  /** The technique, without its sub-technique. */
  readonly techniques: readonly string[];
  readonly measure: string;
  /** Where it is from. */
  readonly source: string;
};

export const MEASURES_BY_TECHNIQUE: readonly Measure[] = [
  {
    techniques: ['T1496', 'T1059', 'T1105', 'T1574', 'T1525', 'T1195'],
    measure:
      'Pin dependencies by a lock file with hashes, and scan packages in CI before they are deployed; let only a signing profile of yours deploy (code signing)',
    source: 'ATT&CK M1045 Code Signing, M1016 Vulnerability Scanning',
  },
  {
    techniques: ['T1190', 'T1059', 'T1083'],
    measure:
      'Test in CI what the function does with hostile input, and put a web application firewall before its URL or API',
    source: 'ATT&CK M1050 Exploit Protection, M1016 Vulnerability Scanning',
  },
  {
    techniques: ['T1078', 'T1550', 'T1528', 'T1552', 'T1555'],
    measure:
      "Tighten the function's role to what it calls (npx tourniquet tighten <incident> proposes how), and keep its secrets in Secrets Manager, rotated, each read by one role",
    source: 'ATT&CK M1026 Privileged Account Management, M1027 Password Policies',
  },
  {
    techniques: ['T1098', 'T1136', 'T1548', 'T1484', 'T1531', 'T1556'],
    measure:
      'Set a permissions boundary on the role, and let a service control policy refuse changes of IAM but by the deployer',
    source: 'ATT&CK M1018 User Account Management, M1026 Privileged Account Management',
  },
  {
    techniques: ['T1110', 'T1621'],
    measure:
      'Ask for a second factor that cannot be phished of everybody who signs in, and let people sign in by roles alone',
    source: 'ATT&CK M1032 Multi-factor Authentication',
  },
  {
    techniques: ['T1562', 'T1685', 'T1686', 'T1070', 'T1666', 'T1535', 'T1600', 'T1565'],
    measure:
      'Let a service control policy refuse to stop trails, detectors, logs and encryption and to use other Regions, and alarm on the attempt',
    source: 'ATT&CK M1022 Restrict File and Directory Permissions, M1047 Audit',
  },
  {
    techniques: ['T1041', 'T1567', 'T1530', 'T1537', 'T1213', 'T1619'],
    measure:
      'Let the function reach only what it needs: VPC with endpoint policies, bucket policies by organisation (aws:PrincipalOrgID), data events in the trail',
    source: 'ATT&CK M1037 Filter Network Traffic, M1057 Data Loss Prevention',
  },
  {
    techniques: ['T1071', 'T1090', 'T1571', 'T1498', 'T1040', 'T1020'],
    measure:
      'Put the function into a VPC whose way out is filtered by domain (Network Firewall, DNS Firewall)',
    source: 'ATT&CK M1037 Filter Network Traffic, M1031 Network Intrusion Prevention',
  },
  {
    techniques: ['T1485', 'T1486', 'T1489', 'T1490', 'T1499'],
    measure: 'Keep backups that the role cannot delete, with versions and locks, and try to restore them',
    source: 'ATT&CK M1053 Data Backup',
  },
  {
    techniques: ['T1580', 'T1526', 'T1087', 'T1046', 'T1069'],
    measure: "Take list and describe calls out of the function's role: it seldom needs them",
    source: 'ATT&CK M1018 User Account Management',
  },
  {
    techniques: ['T1648', 'T1546', 'T1578', 'T1651', 'T1505'],
    measure:
      'Let only the deployer change code, layers and triggers of functions (knownDeployers), and approve the state that the sweep compares with',
    source: 'ATT&CK M1018 User Account Management, M1047 Audit',
  },
];

/** By which technique somebody comes in whose way in is the likeliest cause (shared/investigation). */
const TECHNIQUES_OF_CAUSE: Readonly<Partial<Record<string, readonly string[]>>> = {
  'supply-chain': ['T1195'],
  layer: ['T1195', 'T1648'],
  injection: ['T1190'],
  credentials: ['T1552', 'T1078'],
  tampering: ['T1648'],
  exposure: ['T1190'],
};

/** Proposals for what let somebody in, each once; none where the cause is not known. */
export const measuresForCause = (cause: string): readonly string[] =>
  measuresFor(TECHNIQUES_OF_CAUSE[cause] ?? []);

/** Proposals for the techniques of an incident, each once. */
export const measuresFor = (techniques: readonly string[]): readonly string[] => {
  const bases = new Set(techniques.map((technique) => technique.split('.')[0] ?? technique));
  return MEASURES_BY_TECHNIQUE.filter(({ techniques: of }) => of.some((one) => bases.has(one))).map(
    ({ measure, source }) => `${measure} (${source})`,
  );
};
