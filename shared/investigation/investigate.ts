import type { Readable } from 'node:stream';
import { type CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isPiece, type Manifest, type Piece } from '../evidence/manifest';
import type { Exposure } from '../exposure/exposure';
import type { Incident, Remains } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import { sayAdvisories } from './advisories';
import { type CodeSign, type PackageScan, scanPackage } from './codeScan';
import { containedGrants } from './containedGrants';
import { type Conclusions, conclude } from './findings';
import { linesOf, readLine } from './lines';
import { type Measured, measuredOf } from './measured';
import { readEvidence } from './readEvidence';
import { readExposure } from './readExposure';
import { remainsOf } from './remains';
import { SIGNS } from './signs';

export type LogSign = {
  readonly sign: string;
  readonly title: string;
  readonly technique: string;
  readonly lines: number;
  readonly first: string;
  readonly example: string;
};

export type Change = { readonly at: string; readonly event: string; readonly by: string };

export type Investigation = {
  readonly incident: string;
  readonly at: string;
  readonly codeSigns: readonly CodeSign[];
  readonly logSigns: readonly LogSign[];
  /** What the advisory source says that policy names; empty without one. In sentences. */
  readonly advisories: readonly string[];
  /** Management calls on the function, newest first. */
  readonly changes: readonly Change[];
  /** What could not be looked at, and why. */
  readonly gaps: readonly string[];
};

/** What is found beside signs, and sealed apart from them. */
export type Found = {
  readonly investigation: Investigation;
  readonly exposure: Exposure;
  readonly conclusions: Conclusions;
  /** Null where no metrics were gathered. */
  readonly measured: Measured | null;
  readonly remains: Remains;
};

/** An artifact of that name in each manifest that has one: what one invocation could not hold went on in the next. */
const piecesOf = (manifests: readonly Manifest[], artifact: string): readonly Piece[] =>
  manifests.flatMap(({ entries }) => entries.filter(isPiece)).filter((entry) => entry.artifact === artifact);

const MOST_SCANNED_BYTES = 256 * 1024 * 1024;

/** Looks for signs in log lines, one JSON object a line, in constant memory. Nothing in a line can end the search. */
export const scanLogs = async (body: Readable): Promise<readonly LogSign[]> => {
  const found = new Map<string, LogSign>();
  for await (const line of linesOf(body)) {
    const { timestamp, message } = readLine(line);
    for (const { id, title, technique, pattern } of SIGNS) {
      // As the suspect wrote it: in JSON a line break is two characters, behind which no word begins.
      if (!pattern.test(message) && !pattern.test(line)) continue;
      const known = found.get(id);
      found.set(
        id,
        known === undefined
          ? { sign: id, title, technique, lines: 1, first: timestamp, example: message.slice(0, 200) }
          : { ...known, lines: known.lines + 1 },
      );
    }
  }
  return [...found.values()];
};

/** The same sign in several artifacts, oldest first, is one. */
const together = (signs: readonly LogSign[]): readonly LogSign[] => {
  const found = new Map<string, LogSign>();
  for (const sign of signs) {
    const known = found.get(sign.sign);
    found.set(sign.sign, known === undefined ? sign : { ...known, lines: known.lines + sign.lines });
  }
  return [...found.values()];
};

const whoChanged = async (cloudTrail: CloudTrailClient, suspect: Suspect): Promise<readonly Change[]> => {
  const changes: Change[] = [];
  // CloudTrail names a function by name or by ARN, depending on the call.
  for (const value of [suspect.functionName, suspect.arn]) {
    const { Events = [] } = await cloudTrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: value }],
        MaxResults: 50,
      }),
    );
    for (const { EventTime, EventName, Username, ReadOnly } of Events) {
      // An invocation changes nothing; most trails do not hold them anyway.
      if (ReadOnly === 'true' || EventName?.startsWith('Invoke')) continue;
      changes.push({ at: EventTime?.toISOString() ?? '', event: EventName ?? '', by: Username ?? 'unknown' });
    }
  }
  return changes.toSorted((a, b) => b.at.localeCompare(a.at));
};

/** Where the evidence could not be read at all. */
const NOT_KNOWN: Exposure = {
  could: [],
  escalations: [],
  resources: [],
  since: '',
  gaps: ['the evidence could not be read: what it could reach is not known'],
};

const POLICY_ARTIFACTS = ['identity/role.json', 'configuration/access.json', 'response/ledger.json'] as const;

export type InvestigationTools = {
  readonly s3: S3Client;
  readonly cloudTrail: CloudTrailClient;
  readonly now: () => Date;
  /** Whether a policy on the role is one of the responder's own denies. */
  readonly isOurs: (policy: { readonly name: string; readonly arn: string }) => boolean;
  /** ARNs or names of principals that policy knows as deployers; `*` is a wildcard. */
  readonly knownDeployers: readonly string[];
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Reads the sealed evidence, never the live function, and says what it shows. What cannot be read is a gap. */
export const investigate = async (
  incident: Incident,
  suspect: Suspect,
  manifests: readonly Manifest[],
  { s3, cloudTrail, now, isOurs, knownDeployers }: InvestigationTools,
): Promise<Found> => {
  let named: PackageScan['arns'] = [];
  const gaps: string[] = [];
  const attempt = async <T>(what: string, fallback: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      gaps.push(`${what}: ${explain(error)}`);
      return fallback;
    }
  };
  const find = (artifact: string): readonly Piece[] => {
    const pieces = piecesOf(manifests, artifact);
    if (pieces.length === 0) gaps.push(`${artifact} was not gathered`);
    return pieces;
  };
  const read = async (entry: Piece): Promise<Readable> => {
    const { Body } = await s3.send(
      new GetObjectCommand({
        Bucket: incident.evidence?.bucket ?? '',
        Key: entry.key,
        VersionId: entry.versionId ?? undefined,
      }),
    );
    return Body as Readable;
  };
  const [codeSigns, logSigns, changes] = await Promise.all([
    attempt('code', [], async () => {
      const [entry] = find('code/package.zip');
      if (entry === undefined) return [];
      if (entry.size > MOST_SCANNED_BYTES) {
        gaps.push(`${entry.artifact} is too large to be scanned (${entry.size} bytes)`);
        return [];
      }
      const body = await read(entry);
      const { signs, unread, arns } = await scanPackage(Buffer.concat(await body.toArray()));
      named = arns;
      gaps.push(...unread.slice(0, 10).map((entry) => `code/package.zip, ${entry}`));
      if (unread.length > 10) gaps.push(`code/package.zip, ${unread.length - 10} more entries`);
      return signs;
    }),
    attempt('logs', [], async () => {
      const found: (readonly LogSign[])[] = [];
      for (const entry of find('behaviour/logs.jsonl')) found.push(await scanLogs(await read(entry)));
      return together(found.flat());
    }),
    attempt('CloudTrail', [], () => whoChanged(cloudTrail, suspect)),
  ]);
  const textOf = async (artifact: string): Promise<string | null> => {
    const entry = piecesOf(manifests, artifact).at(-1);
    return entry === undefined ? null : Buffer.concat(await (await read(entry)).toArray()).toString('utf8');
  };
  const advisories = await attempt('what Inspector says', [], async () => {
    // Asked only where policy says so: that it was not is no gap.
    const text = await textOf('code/advisories.json');
    return text === null ? [] : sayAdvisories(text);
  });
  const sessions = piecesOf(manifests, 'behaviour/role-sessions.jsonl');
  const linesIn = async function* (pieces: readonly Piece[]): AsyncGenerator<string> {
    for (const piece of pieces) yield* linesOf(await read(piece));
  };
  const exposure = await attempt('the exposure map', null, async () =>
    readExposure(
      incident,
      {
        role: await textOf('identity/role.json'),
        targets: await textOf('identity/targets.json'),
        sessions: sessions.length === 0 ? null : linesIn(sessions),
        code: named,
      },
      isOurs,
    ),
  );
  const grants = await attempt('the policies as they were contained', null, async () => {
    const [role, access, ledger] = await Promise.all(POLICY_ARTIFACTS.map(textOf));
    return role == null || access == null || ledger == null
      ? null
      : containedGrants({ role, access, ledger }, isOurs);
  });
  // After all else: a package is held in memory while it is looked at.
  const evidence = await readEvidence(
    incident,
    suspect,
    {
      names: [
        ...new Set(manifests.flatMap(({ entries }) => entries.filter(isPiece)).map((one) => one.artifact)),
      ],
      size: (artifact) => piecesOf(manifests, artifact).at(-1)?.size ?? 0,
      bytes: async (artifact) => {
        const entry = piecesOf(manifests, artifact).at(-1);
        return entry === undefined ? Buffer.alloc(0) : Buffer.concat(await (await read(entry)).toArray());
      },
      lines: (artifact) => linesIn(piecesOf(manifests, artifact)),
    },
    knownDeployers,
  );
  const conclusions = conclude(evidence);
  return {
    measured: measuredOf(evidence.series),
    conclusions,
    remains: remainsOf(evidence, conclusions.hypotheses[0], grants),
    investigation: {
      incident: incident.id,
      at: now().toISOString(),
      codeSigns,
      logSigns,
      advisories,
      changes,
      gaps,
    },
    exposure: exposure ?? NOT_KNOWN,
  };
};

/** Our own sessions, by their name, last: what the containment changed must not crowd out what led to it. */
const ownLast = (changes: readonly Change[], ours: string): readonly Change[] => [
  ...changes.filter(({ by }) => !by.startsWith(ours)),
  ...changes.filter(({ by }) => by.startsWith(ours)),
];

/**
 * The investigation in sentences, for the announcement and the post-mortem. Quoted text is the attacker's. The names of
 * the deployment's functions begin with `ours`.
 */
export const summarise = (
  { codeSigns, logSigns, advisories, changes, gaps }: Investigation,
  ours: string,
): readonly string[] => [
  ...codeSigns.map(({ title, technique, entry }) => `The code bears ${title} (${technique}), in ${entry}`),
  ...logSigns.map(
    ({ title, technique, lines, first }) =>
      `The logs bear ${title} (${technique}): ${lines} line(s), first at ${first}`,
  ),
  ...(codeSigns.length + logSigns.length === 0
    ? ['No known sign in the code or the logs that were gathered']
    : []),
  ...advisories,
  ...ownLast(changes, ours)
    .slice(0, 5)
    .map(({ at, event, by }) => `${at} ${event} by ${by}`),
  ...gaps.map((gap) => `Not looked at: ${gap}`),
];
