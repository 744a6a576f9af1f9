import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'remote-file',
  row: 36,
  title: 'A request that was logged names a file elsewhere to be included or fetched',
  techniques: ['T1190', 'T1105'],
  severity: 4,
  rationale: 'A parameter that is an address of bare numbers, or of a scheme that no form sends',
  references: [
    'https://attack.mitre.org/techniques/T1190/',
    'https://owasp.org/www-community/attacks/Server_Side_Request_Forgery',
  ],
  hints: ['://', 'file:', 'gopher', 'dict:', 'php:', 'data:'],
  patterns: [
    /[?&="'](?:https?|ftps?|ssh|imaps?|pop3s?|irc|rtmp|rtsp|acap|smtp|telnet|sftp|scp|smb|redis|mongodb|svn):(?:\/\/)?(?:[^\s/?#@"']{0,80}@)?(?:localhost\b|127\.\d|0\.0\.0\.0|\[(?:::|f[ce]|a::)|0\d{2,11}\b|\d{1,3}\.\d{5,10}\b|\d{1,3}\.\d{1,3}\.\d{4,8}\b|\d{8,10}\b)/,
    /@(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost)[:/]/,
    /[="'](?:gopher|dict|php|phar|expect|ogg|ssh2|zlib|glob|jar|netdoc|ldap|ldaps|tftp|rmi|local_file|file):(?:\/\/|[a-z])/,
    /[?&=](?:https?|ftps?):\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]{2,45}\]|0x[0-9a-f.x]{2,40}|\d{8,10})(?:[/:?]|$|\s|")/,
    /[?&=](?:https?|ftps?|file):\/\/[^\s"'&]{1,200}\?(?:$|\s|")/,
    /\binclude\s{0,2}\(\s{0,2}['"](?:https?|ftp):/,
  ],
};

export const examples: LineExamples = {
  fires: ['GET /img?src=gopher://127.0.0.1:6379/_INFO', 'GET /img?src=http://198.51.100.7/x.txt?'],
  silent: ['GET /login?next=https://example.com/home', 'webhook https://api.example.com:443/v1 answered 200'],
};
