import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'coin-miner',
  row: 36,
  title: 'A line names a miner of coins or its pool',
  techniques: ['T1496.001', 'T1496'],
  severity: 8,
  rationale: 'Pools speak stratum, and miners say what they do',
  references: ['https://attack.mitre.org/techniques/T1496/001/'],
  hints: [
    'stratum',
    'xmrig',
    'minerd',
    'cpuminer',
    'nanopool',
    'minexmr',
    'supportxmr',
    'moneroocean',
    'nicehash',
    'randomx',
    'cryptonight',
    'ethminer',
    't-rex',
    'nbminer',
    'phoenixminer',
    'c3pool',
    'hashvault',
    '2miners',
    'f2pool',
    '--donate-level',
    'kawpow',
  ],
  patterns: [
    /stratum(?:\+(?:tcp|ssl|tls|udp))?:\/\//,
    /\b(?:xmrig|xmr-stak|cpuminer|minerd|ethminer|nbminer|phoenixminer|cgminer|bfgminer|lolminer)\b/,
    /\b(?:nanopool|minexmr|supportxmr|moneroocean|nicehash|c3pool|hashvault|2miners|f2pool)\.(?:org|com|stream|pro|net)\b/,
    /--donate-level\b/,
    /\balgo(?:rithm)?\b.{0,10}\b(?:rx\/0|randomx|cryptonight|kawpow|ethash)\b/,
    /"method"\s*:\s*"mining\.(?:subscribe|authorize|submit|notify)"/,
  ],
};

export const examples: LineExamples = {
  fires: [
    '[xmrig] use pool stratum+tcp://pool.example.invalid:3333 algo rx/0',
    './kworker -o pool.supportxmr.com:443 --donate-level 1',
  ],
  silent: ['geological stratum: clay', 'mining data for the report'],
};
