import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'path-traversal',
  row: 36,
  title: 'A request that was logged climbs out of its folder',
  techniques: ['T1190', 'T1083'],
  severity: 4,
  rationale: 'Steps upwards to a file that every system has',
  references: [
    'https://attack.mitre.org/techniques/T1190/',
    'https://owasp.org/www-community/attacks/Path_Traversal',
  ],
  hints: [
    '../',
    '..\\',
    '..;/',
    '/etc/',
    'win.ini',
    'boot.ini',
    '..%',
    '.../',
    '0x2e',
    'wp-config',
    '.git/',
    '.env',
    '.htaccess',
    '.htpasswd',
    '/var/task',
    'web.config',
    '.ssh/',
    '.aws/',
  ],
  patterns: [
    /(?:\.{2,3}[/\\;]{1,3}){2,}/,
    /\.{2,3}[/\\]{1,3}(?:etc|windows|winnt|var|proc|boot\.ini|usr|root|home)\b/,
    /\/etc\/(?:passwd|shadow|group|hosts|issue|sudoers)\b/,
    /[/\\](?:win|boot)\.ini\b/,
    /(?:0x2e\.?(?:0x2f|\/|%00)|\.%00)/,
    /[/=](?:wp-config\.php|web\.config|\.git\/(?:config|head)|\.htpasswd|\.htaccess|\.ssh\/|\.aws\/credentials|\.env)(?:$|[\s"'?&.~])/,
    /=\s{0,2}\/var\/task\/[\w.-]{1,80}\.(?:js|py|rb|mjs)/,
  ],
};

export const examples: LineExamples = {
  fires: [
    'GET /download?file=../../../../etc/passwd',
    'GET /static/..%2f..%2f..%2fwindows/win.ini',
    'GET /.git/config HTTP/1.1',
  ],
  silent: [
    'Cannot find module ../lib/index.js',
    'at handler (/var/task/index.js:10:5)',
    'import x from "../shared/y"',
  ],
};
