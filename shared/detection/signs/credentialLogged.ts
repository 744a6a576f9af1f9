import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'credential-logged',
  row: 36,
  title: 'A line holds a credential',
  techniques: ['T1552.001'],
  severity: 5,
  rationale: 'Whoever reads logs has it from here on',
  references: ['https://attack.mitre.org/techniques/T1552/001/'],
  hints: [
    'akia',
    'asia',
    'aws_secret_access_key',
    'aws_session_token',
    'aws_access_key_id',
    '-----begin',
    'xoxb-',
    'xoxp-',
    'ghp_',
    'github_pat_',
    'sk_live_',
  ],
  patterns: [
    /\bakia[a-z2-7]{16}\b(?!.{0,5}example)/,
    /aws_secret_access_key['"]?\s{0,3}[=:]\s{0,3}['"]?[a-z0-9/+]{40}\b/,
    /aws_session_token['"]?\s{0,3}[=:]\s{0,3}['"]?[a-z0-9/+=]{100}/,
    /-----begin (?:rsa |ec |openssh |dsa |encrypted |pgp )?private key/,
    /\bxox[bp]-\d{8,14}-[\w-]{20}/,
    /\b(?:ghp_[a-z0-9]{36}|github_pat_[a-z0-9_]{60}|sk_live_[a-z0-9]{24})/,
  ],
};

export const examples: LineExamples = {
  fires: [
    'env: AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIaK7MDENGabPxRfiCYzzzzzzzzzz',
    '-----BEGIN RSA PRIVATE KEY-----',
  ],
  silent: ['AWS_ACCESS_KEY_ID is not set', 'asia-northeast1 is a region', 'key akia is short'],
};
