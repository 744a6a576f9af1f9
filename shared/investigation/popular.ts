/**
 * Packages that others are named after, to be taken for them (ATT&CK T1195.001; OpenSSF's package analysis calls it
 * typosquatting). Those of the most downloaded that a function is likely to bundle; short on purpose: each is a name
 * that a new dependency is compared with.
 */
const POPULAR: readonly string[] = [
  // npm
  'axios',
  'async',
  'aws-sdk',
  'bluebird',
  'body-parser',
  'chalk',
  'cheerio',
  'colors',
  'commander',
  'cors',
  'cross-env',
  'dayjs',
  'debug',
  'dotenv',
  'ejs',
  'eslint',
  'event-stream',
  'express',
  'fs-extra',
  'glob',
  'graphql',
  'handlebars',
  'helmet',
  'ioredis',
  'joi',
  'jsonwebtoken',
  'knex',
  'lodash',
  'luxon',
  'marked',
  'minimist',
  'moment',
  'mongodb',
  'mongoose',
  'morgan',
  'mysql',
  'mysql2',
  'node-fetch',
  'nodemailer',
  'nanoid',
  'passport',
  'pino',
  'prisma',
  'puppeteer',
  'ramda',
  'react',
  'redis',
  'request',
  'rimraf',
  'rxjs',
  'semver',
  'sequelize',
  'sharp',
  'socket.io',
  'stripe',
  'typeorm',
  'underscore',
  'uuid',
  'validator',
  'winston',
  'ws',
  'yargs',
  'zod',
  // PyPI
  'aiohttp',
  'attrs',
  'boto3',
  'botocore',
  'certifi',
  'click',
  'colorama',
  'cryptography',
  'django',
  'fastapi',
  'flask',
  'jinja2',
  'numpy',
  'packaging',
  'pandas',
  'pillow',
  'psycopg2',
  'pydantic',
  'pyjwt',
  'pymongo',
  'pymysql',
  'python-dateutil',
  'pyyaml',
  'requests',
  'setuptools',
  'six',
  'sqlalchemy',
  'tensorflow',
  'urllib3',
];

const NAMES: ReadonlySet<string> = new Set(POPULAR);

/** Shorter names are a letter apart from too many honest ones. */
const SHORTEST = 5;

/** Whether one letter was added, left out, exchanged, or two neighbours swapped (Damerau–Levenshtein distance 1). */
export const isOneLetterOff = (a: string, b: string): boolean => {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
};

/** The popular package that a name may be taken for; null where it is none, or popular itself. */
export const lookalikeOf = (name: string): string | null => {
  const bare = name.toLowerCase();
  if (NAMES.has(bare) || bare.length < SHORTEST || bare.length > 60) return null;
  return POPULAR.find((known) => known.length >= SHORTEST && isOneLetterOff(bare, known)) ?? null;
};
