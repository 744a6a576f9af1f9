import type { LineExamples, LogRule } from '../sign';

export const rule: LogRule = {
  id: 'xml-entity',
  row: 36,
  title: 'A request that was logged declares an entity of XML',
  techniques: ['T1190', 'T1552.001'],
  severity: 4,
  rationale: 'An external entity reads files and addresses for whoever sent it',
  references: [
    'https://attack.mitre.org/techniques/T1190/',
    'https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing',
  ],
  hints: ['<!entity', '<!doctype', 'xinclude', '<xsl:'],
  patterns: [
    /<!entity\s[^>\n]{0,200}(?:system|public)\s{1,5}['"]/,
    /<!entity\s{1,5}%?\s{0,5}[\w.-]{1,60}\s{1,5}['"][^'"\n]{0,200}&/,
    /<!doctype[^>\n]{0,120}\[/,
    /<xi:include\b|xmlns:xi=['"]http:\/\/www\.w3\.org\/2001\/xinclude/,
  ],
};

export const examples: LineExamples = {
  fires: ['<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'],
  silent: ['<!DOCTYPE html><html lang="en">', '<?xml version="1.0"?><order id="7"/>'],
};
