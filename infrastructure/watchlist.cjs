'use strict';
const { readFileSync } = require('node:fs');
const { isIP } = require('node:net');

/*
 * The user's own list of bad addresses: a file of addresses, networks and domains, one a line, `#` for comments. It goes
 * into the bundle of the function that reads logs.
 */

/** What keeps the bundle small, and what a feed of active servers has. */
const MOST = 50_000;
/** So many problems are told at a time. */
const MOST_TOLD = 5;

const DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** As shared/detection/addresses.ts reads it. */
const problemOf = (entry) => {
  const [address, length, ...rest] = entry.split('/');
  const kind = isIP(address);
  if (kind === 0)
    return length === undefined && DOMAIN.test(address) ? null : 'is no address, network (CIDR) or domain';
  if (rest.length > 0) return 'is no network (CIDR)';
  if (length === undefined) return null;
  const most = kind === 4 ? 32 : 128;
  return /^\d{1,3}$/.test(length) && Number(length) >= 8 && Number(length) <= most
    ? null
    : `needs a prefix of 8 to ${most} bits`;
};

/** Reads such a file: its entries, or problems as clauses. */
const readAddresses = (file) => {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return {
      problems: [`cannot be read: ${error.code === 'ENOENT' ? `there is no ${file}` : error.message}`],
    };
  }
  const entries = [];
  const problems = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const entry = line.replace(/#.*$/, '').trim().toLowerCase();
    if (entry === '') continue;
    const problem = problemOf(entry);
    if (problem === null) entries.push(entry);
    else problems.push(`${file}:${index + 1}: ${JSON.stringify(entry.slice(0, 100))} ${problem}`);
  }
  if (entries.length > MOST) problems.push(`${file} has ${entries.length} entries: ${MOST} are the most`);
  return problems.length > MOST_TOLD
    ? {
        problems: [...problems.slice(0, MOST_TOLD), `${file}: and ${problems.length - MOST_TOLD} lines more`],
      }
    : { problems, entries: [...new Set(entries)] };
};

module.exports = { readAddresses };
