'use strict';

/*
 * The parameter `modes`: which functions have which mode, from which severity of a finding on. Of the entries that are
 * for a finding the first decides (shared/policy/mode.ts).
 */

const MODES = ['ignore', 'observe', 'ask', 'respond'];

/** Where GuardDuty's words begin on its scale of 0 to 10 (user guide, "Severity levels of GuardDuty findings"). */
const SEVERITIES = { low: 0, medium: 4, high: 7, critical: 9 };

const KEYS = ['functions', 'severity', 'mode'];

/** The least severity an entry is for; undefined where it cannot be read. */
const severityOf = (severity) => {
  if (severity === undefined) return 0;
  if (typeof severity === 'string' && Object.hasOwn(SEVERITIES, severity)) return SEVERITIES[severity];
  return typeof severity === 'number' && severity >= 0 && severity <= 10 ? severity : undefined;
};

/** What is wrong with one entry, or null. */
const problemOf = (entry) => {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return "must be like { functions: 'payments-*', severity: high, mode: respond }";
  const unknown = Object.keys(entry).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    return `has ${JSON.stringify(unknown)}: it may have functions, severity and mode alone`;
  if (typeof entry.functions !== 'string' || !/^[\w*-]{1,140}$/.test(entry.functions))
    return 'needs functions: a function name, in which * is a wildcard';
  if (!MODES.includes(entry.mode)) return `needs mode: one of ${MODES.join(', ')}`;
  if (severityOf(entry.severity) === undefined)
    return `has a severity that is none: it may be one of ${Object.keys(SEVERITIES).join(', ')}, or a number from 0 to 10`;
  return null;
};

/** Whether every function of one pattern is surely of another as well: equal, or of a mere prefix. */
const covers = (pattern, other) =>
  pattern === other || (/^[^*]*\*$/.test(pattern) && other.startsWith(pattern.slice(0, -1)));

/** The entry before it that leaves an entry nothing to decide, by index; -1 where there is none. */
const shadowOf = (entries, index) =>
  entries.findIndex(
    (before, at) =>
      at < index &&
      covers(before.functions, entries[index].functions) &&
      severityOf(before.severity) <= severityOf(entries[index].severity),
  );

const listOf = (value) => {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return [];
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
};

/**
 * The entries as the functions' environment has them, `<functions>:<severity>:<mode>` and comma-separated, or what is
 * wrong with them: a path below the list and a clause each. From the command line they come as JSON.
 */
const readModes = (value) => {
  const entries = listOf(value);
  if (!Array.isArray(entries))
    return {
      problems: [
        {
          path: [],
          message:
            "must be a list of entries like { functions: 'payments-*', severity: high, mode: respond }",
        },
      ],
    };
  const problems = entries.flatMap((entry, index) => {
    const message = problemOf(entry);
    return message === null ? [] : [{ path: [index], message }];
  });
  if (problems.length > 0) return { problems };
  const shadowed = entries.flatMap((_entry, index) => {
    const by = shadowOf(entries, index);
    return by === -1
      ? []
      : [
          {
            path: [index],
            message: `never decides: entry ${by + 1} comes first and is for all that it is for`,
          },
        ];
  });
  if (shadowed.length > 0) return { problems: shadowed };
  return {
    problems: [],
    result: entries
      .map(({ functions, severity, mode }) => `${functions}:${severityOf(severity)}:${mode}`)
      .join(','),
  };
};

module.exports = { readModes, severityOf, SEVERITIES };
