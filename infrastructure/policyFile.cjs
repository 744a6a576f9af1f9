'use strict';
const { readFileSync } = require('node:fs');
const { z } = require('zod');
const { isNode, LineCounter, parseDocument, visit } = require('yaml');
const { ended } = require('./allowances.cjs');
const { policyShape } = require('./policySchema.cjs');

/*
 * The policy file: YAML of which every problem is told by its line.
 */

const KEYS = Object.keys(policyShape);

/** More is no policy that anybody reads. */
const LONGEST = 1_000_000;

class PolicyError extends Error {
  constructor(lines) {
    super(lines.join('\n'));
    this.name = 'PolicyError';
  }
}

/** What a problem is about, for people: `modes entry 2 severity`. */
const nameOf = ([key, ...rest]) =>
  [key, ...rest.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : part))].join(' ');

/** The line of what a path leads to, or of the nearest thing around it that is there. */
const lineFinder = (document, counter) => (path) => {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = (length === 1 ? document.contents : parent)?.items?.find((item) => item?.key?.value === key);
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
};

/**
 * A policy file's text as values by key, and where a path of keys and indices stands in it. What is no YAML, and keys
 * that are none, end in a {@link PolicyError} that has a line `<file>:<line>: <problem>` for each.
 */
const readPolicyText = (text, file) => {
  if (text.length > LONGEST)
    throw new PolicyError([`${file}: is too long for a policy (${text.length} characters)`]);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const lineOf = lineFinder(document, counter);
  if (document.errors.length > 0)
    throw new PolicyError(
      document.errors.map(
        ({ pos, message }) => `${file}:${counter.linePos(pos[0]).line}: ${message.split('\n')[0]}`,
      ),
    );
  // They would make a small file a large policy, and a problem would have no line of its own.
  const aliases = [];
  visit(document, { Alias: (_key, { range }) => void aliases.push(counter.linePos(range[0]).line) });
  if (aliases.length > 0)
    throw new PolicyError(
      aliases.map((line) => `${file}:${line}: must be written out: no alias is read here`),
    );
  const values = document.toJS() ?? {};
  if (typeof values !== 'object' || Array.isArray(values))
    throw new PolicyError([`${file}:1: must be keys and values, such as defaultMode: observe`]);
  const unknown = Object.keys(values).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0)
    throw new PolicyError(
      unknown.map(
        (key) =>
          `${file}:${lineOf([key])}: ${JSON.stringify(key)} is no policy: it may be one of ${KEYS.join(', ')}`,
      ),
    );
  // A key with nothing behind it is not set.
  return { values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)), lineOf };
};

const CODES = { ENOENT: 'there is no such file', EISDIR: 'it is a directory', EACCES: 'it may not be read' };

/** {@link readPolicyText} of a file. */
const readPolicyFile = (file) => {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PolicyError([`${file}: ${CODES[error.code] ?? error.message}`]);
  }
  return readPolicyText(text, file);
};

/** The problems of a policy as the file has them. */
const problemLines = (issues, file, lineOf) =>
  issues.map(({ path, message }) => `${file}:${lineOf(path)}: ${nameOf(path)} ${message}`);

/** What has ended, and may be taken out: no error, as time passes by itself. */
const endedLines = (policy, file, lineOf) =>
  ['suppressions', 'maintenance'].flatMap((key) =>
    ended(policy[key]).map(
      (index) => `${file}:${lineOf([key, index])}: ${nameOf([key, index])} has ended: take it out`,
    ),
  );

/** A policy file on its own, checked: every key with its value or default, and what to tell of it. */
const loadPolicy = (file) => {
  const { values, lineOf } = readPolicyFile(file);
  const parsed = z.object(policyShape).safeParse(values);
  if (!parsed.success) throw new PolicyError(problemLines(parsed.error.issues, file, lineOf));
  return { policy: parsed.data, warnings: endedLines(parsed.data, file, lineOf) };
};

module.exports = { loadPolicy, readPolicyFile, readPolicyText, nameOf, endedLines, PolicyError };
