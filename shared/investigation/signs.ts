/** A mark of a known kind of compromise, looked for in code and in log lines. */
export type Sign = {
  readonly id: string;
  readonly title: string;
  /** MITRE ATT&CK technique. */
  readonly technique: string;
  readonly pattern: RegExp;
};

/*
 * First signs; the detection rules will widen them. Patterns are linear (no nested quantifiers): the text they run
 * over is the attacker's.
 */
export const SIGNS: readonly Sign[] = [
  {
    id: 'miner-protocol',
    title: 'a mining pool protocol',
    technique: 'T1496',
    pattern: /stratum\+(?:tcp|ssl|tls):\/\//i,
  },
  {
    id: 'miner-name',
    title: 'the name of a known miner',
    technique: 'T1496',
    pattern: /\b(?:xmrig|xmr-stak|minerd|cpuminer|cryptonight|randomx|nicehash|ethminer|t-rex miner)\b/i,
  },
  {
    id: 'reverse-shell',
    title: 'a reverse shell',
    technique: 'T1059',
    pattern: /\/dev\/tcp\/|\bnc(?:at)? (?:-\w+ )?-e\b|\bbash -i\b/,
  },
  {
    id: 'credential-read',
    title: 'a read of the environment that holds the credentials',
    technique: 'T1552',
    pattern: /\/proc\/(?:self|1)\/environ/,
  },
];

/** The signs that a text bears. */
export const signsIn = (text: string): readonly Sign[] => SIGNS.filter(({ pattern }) => pattern.test(text));
