import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'metadata-asked',
  row: 36,
  title: 'A line names where credentials are given out',
  techniques: ['T1552.005', 'T1190'],
  severity: 6,
  rationale:
    'In Lambda credentials stand in the environment, and beside it the runtime interface and metadata addresses: who can make the function ask there has them',
  references: [
    'https://attack.mitre.org/techniques/T1552/005/',
    'https://owasp.org/www-community/attacks/Server_Side_Request_Forgery',
  ],
  hints: [
    '169.254',
    '/proc/self/environ',
    '/proc/1/environ',
    '127.0.0.1:9001',
    'localhost:9001',
    'metadata.google',
    'a9fe',
    '2852039166',
    '0251.0376',
    '0xa9',
    '100.100.100.200',
    '::ffff:a9fe',
    '169.0376',
    'fd00:ec2::254',
    '0251',
  ],
  patterns: [
    /169\.254\.169\.25[34]|169\.254\.170\.2\b|\bfd00:ec2::254\b|100\.100\.100\.200\/latest|metadata\.google\.internal/,
    /\/proc\/(?:self|\d{1,7})\/environ/,
    /(?:127\.0\.0\.1|localhost):9001\/20\d\d-\d\d-\d\d\//,
    /(?:\/|@|=|\b)(?:2852039166|0xa9fea9fe|0xa9\.0xfe|0251\.0376|0?251\.0376)\b|\[?(?:0:0:0:0:0|:):ffff:(?:a9fe:a9fe|169\.254\.)/,
  ],
};

export const examples: LineExamples = {
  fires: [
    'GET /fetch?url=http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'file:///proc/self/environ',
    'url=http://2852039166/latest',
  ],
  silent: ['connect ETIMEDOUT 169.254.76.1:443', 'process took 2852039 ms'],
};
