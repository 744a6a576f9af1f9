/**
 * ATT&CK techniques by GuardDuty's types: what stands before the colon is the purpose, and some names tell more (GuardDuty
 * user guide, "GuardDuty finding format" and the tables of finding types; MITRE ATT&CK v18).
 */
const BY_NAME: readonly (readonly [RegExp, readonly string[]])[] = [
  [/Tor(?:Relay|Client|IPCaller)/, ['T1090.003']],
  [/DropPoint|DataExfiltration|Exfiltration/, ['T1041']],
  [/C&C|BlackholeTraffic|DGADomain/, ['T1071']],
  [/BitcoinTool|Cryptocurrency|CryptoMiner/i, ['T1496']],
  [/InstanceCredentialExfiltration|MetadataDNSRebind/, ['T1552.005']],
  [/DenialOfService/, ['T1498']],
  [/PortSweep|Portscan|PortProbe/, ['T1046']],
  [/BruteForce/, ['T1110']],
  [/ReverseShell/, ['T1059']],
  [/CloudTrailLoggingDisabled/, ['T1562.008', 'T1685.002']],
  [/ConsoleLogin/, ['T1078.004']],
  [/PasswordPolicyChange|BlockPublicAccessDisabled|S3ServerAccessLoggingDisabled/, ['T1562.001', 'T1685']],
];

const BY_PURPOSE: Readonly<Record<string, readonly string[]>> = {
  Backdoor: ['T1071'],
  Behavior: ['T1071'],
  CredentialAccess: ['T1552'],
  CryptoCurrency: ['T1496'],
  DefenseEvasion: ['T1562.001', 'T1685'],
  Discovery: ['T1580'],
  Execution: ['T1059'],
  Exfiltration: ['T1567.002'],
  Impact: ['T1485'],
  InitialAccess: ['T1078.004'],
  PenTest: ['T1580'],
  Persistence: ['T1098'],
  Policy: ['T1562.001', 'T1685'],
  PrivilegeEscalation: ['T1548.005'],
  Recon: ['T1580'],
  ResourceConsumption: ['T1496'],
  Stealth: ['T1562.001', 'T1685'],
  Trojan: ['T1071'],
  UnauthorizedAccess: ['T1078.004'],
  AttackSequence: ['T1078.004'],
};

/** The techniques of one type, such as `Trojan:Lambda/DropPoint`; none for what is no type of GuardDuty's. */
export const techniquesOf = (type: string): readonly string[] => {
  const word = type.split(':')[0] ?? '';
  // A type is others' text: `valueOf` is no purpose, though every object has one.
  const purpose = Object.hasOwn(BY_PURPOSE, word) ? BY_PURPOSE[word] : undefined;
  if (purpose === undefined) return [];
  return BY_NAME.find(([name]) => name.test(type))?.[1] ?? purpose;
};
