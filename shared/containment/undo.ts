import type { Incident } from '../incident/incident';
import type { Records } from '../incident/store';
import { roleNameOf } from '../suspect/functionArn';
import { recordedSuspect } from '../suspect/ofIncident';
import { awsCli } from './awsCli';
import type { Control, UndoContext } from './control';
import { RESTORE_ORDER } from './controls';
import { policyNames, sessionsDenial } from './denyDocuments';
import { readHolders } from './hold';
import { type LedgerRecord, readLedgers, SESSIONS } from './ledger';
import { hoursAfter, MOOT_HOURS, sessionsLiveUntil } from './sessionTimes';

/** Which other containments hold a role, by the role's ARN. */
export type OtherHolders = ReadonlyMap<string, readonly string[]>;

/**
 * A comment that is inert wherever it is pasted: an interactive zsh takes `#` for a command and would expand what
 * follows, so only characters that mean nothing to any shell are left.
 */
const comment = (text: string): string => `# ${text.replaceAll(/[^\w .,:/@+-]+/g, ' ').trim()}`;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\//;

/** Every role that a captured state names, however deep. */
const rolesIn = (before: unknown): readonly string[] => {
  if (typeof before === 'string') return ROLE_ARN.test(before) ? [before] : [];
  return typeof before === 'object' && before !== null ? Object.values(before).flatMap(rolesIn) : [];
};

/** Roles that may be shared with other containments. */
export const rolesOf = (incident: Incident, ledger: readonly LedgerRecord[]): readonly string[] => [
  ...new Set([
    ...(incident.roleArn === null ? [] : [incident.roleArn]),
    ...ledger.flatMap(({ before }) => rolesIn(before)),
  ]),
];

type Section = { readonly lines: readonly string[]; readonly open: boolean };

/** A command as it may stand in the text: off (a comment), or as it is. */
const commandLines = (command: string, off: boolean): readonly string[] => {
  // What a terminal or a paste could act upon, or what would break out of a comment.
  if (CONTROL_CHARACTERS.test(command))
    return [comment('a command holds control characters and is not shown: see the ledger')];
  if (command.startsWith('#')) return [comment(command.slice(1))];
  return [off ? `# ${command}` : command];
};

/** IAM takes seconds to be effective; a mapping that is switched on earlier is switched off again by Lambda. */
const IAM_SECONDS = 30;

/** Null for a captured state that the control does not understand: it must not cost the others theirs. */
const commandsOf = (
  { undo }: Control,
  before: unknown,
  incident: Incident,
  context: UndoContext,
): readonly string[] | null => {
  try {
    return undo(recordedSuspect(incident), before, context);
  } catch {
    return null;
  }
};

const sectionOf = (
  control: Control,
  record: LedgerRecord | undefined,
  incident: Incident,
  others: OtherHolders,
  context: UndoContext,
): Section => {
  const { title } = control;
  if (record === undefined)
    return { lines: [comment(`${title}: was not begun, nothing to undo`)], open: false };
  const { state, detail, before } = record;
  if (state === 'not-needed') return { lines: [comment(`${title}: was not needed: ${detail}`)], open: false };
  if (state === 'restored') return { lines: [comment(`${title}: already restored: ${detail}`)], open: false };
  const commands = commandsOf(control, before, incident, context);
  if (commands === null)
    return { lines: [comment(`${title}: its commands could not be written, see the ledger`)], open: true };
  if (commands.length === 0)
    return { lines: [comment(`${title}: ${detail}: nothing to put back`)], open: false };
  const holders = [...new Set(rolesIn(before).flatMap((role) => others.get(role) ?? []))];
  const isIam = (command: string) => command.startsWith('aws iam ');
  const shared = holders.length > 0 && commands.some(isIam);
  const drifted = state === 'drift';
  const waits = commands.some(isIam) && !shared && !drifted;
  return {
    open: true,
    lines: [
      comment(`${title}: ${detail}`),
      ...(state === 'captured' || state === 'failed'
        ? [comment('It may not be in place: then the command fails or changes nothing')]
        : []),
      ...(drifted
        ? [
            comment(
              'DRIFT: somebody changed it meanwhile, and it was left as it is. To overwrite that, take',
            ),
            comment('away the mark at the beginning of the line'),
          ]
        : []),
      ...(shared
        ? [
            comment('WARNING: another contained function shares the role, and would be let loose with it:'),
            comment(`${holders.join(', ')}. Once those are released, take away the mark and run the line`),
          ]
        : []),
      ...commands.flatMap((command) => commandLines(command, drifted || (shared && isIam(command)))),
      ...(waits ? [`sleep ${IAM_SECONDS}`] : []),
    ],
  };
};

/** The record of what a release decided about old sessions; null where it cannot be read. */
const sessionsBefore = (
  record: LedgerRecord,
): { readonly deny: boolean; readonly issuedBefore: string } | null => {
  const { deny, issuedBefore = '' } = (record.before ?? {}) as { deny?: unknown; issuedBefore?: unknown };
  return typeof deny === 'boolean' && typeof issuedBefore === 'string' ? { deny, issuedBefore } : null;
};

/**
 * What becomes of the role's sessions from before the containment. Nothing here runs when it is pasted: to take our deny
 * of them off too early, or to put one on while environments still work with them, does harm.
 */
const sessionLines = (
  incident: Incident,
  byControl: ReadonlyMap<string, LedgerRecord>,
  { prefix }: UndoContext,
  now: Date,
): readonly string[] => {
  const role = byControl.get('role');
  const [roleArn] = rolesIn(role?.before);
  if (role === undefined || role.state === 'not-needed' || roleArn === undefined) return [];
  const region = incident.region ?? '';
  const name = roleNameOf(roleArn);
  const iam = (...args: readonly string[]) => commandLines(awsCli(region, 'iam', ...args), true);
  const record = byControl.get(SESSIONS);
  const before = record === undefined ? null : sessionsBefore(record);
  if (before?.deny === true) {
    const moot = hoursAfter(before.issuedBefore, MOOT_HOURS);
    return [
      comment(`Sessions from before the release: denied in ${name} if issued before ${before.issuedBefore}`),
      comment(`Tourniquet takes that off after ${moot}. Earlier, stolen sessions would be good again`),
      comment(
        'What still works with an older session is denied too: renew it by a change of its configuration',
      ),
      comment('Should Tourniquet be gone by then, take away the mark and run the line after that time'),
      ...iam(
        'delete-role-policy',
        '--role-name',
        name,
        '--policy-name',
        policyNames({ prefix, region }).sessions,
      ),
    ];
  }
  if (record !== undefined && before !== null)
    return [comment(`Sessions from before the release: ${record.detail}`)];
  const { containedAt = incident.openedAt, lastInFlightAt } = incident;
  return [
    comment(
      'Sessions from before the containment: nothing here ends them. Once the deny is off, stolen ones',
    ),
    comment(
      `are good again, until ${sessionsLiveUntil({ containedAt, lastInFlightAt })} at the latest. To end them, first take the mark away`,
    ),
    comment(
      `and run this: it denies what has a session of ${name} from before now, also running environments`,
    ),
    comment(
      'of every function that uses the role. Then renew each of those by a change of its configuration',
    ),
    ...iam(
      'put-role-policy',
      '--role-name',
      name,
      '--policy-name',
      // As the console's "Revoke active sessions" calls it.
      'AWSRevokeOlderSessions',
      '--policy-document',
      JSON.stringify(sessionsDenial(now.toISOString())),
    ),
  ];
};

/**
 * The AWS CLI commands that put back what the incident's present containment changed, in the order back, for an
 * administrator without Tourniquet. Pure: from the ledger alone, with nothing looked at live.
 */
export const undoText = (
  incident: Incident,
  ledger: readonly LedgerRecord[],
  others: OtherHolders,
  context: UndoContext,
  now: Date,
): string => {
  const byControl = new Map(ledger.map((record) => [record.control, record]));
  const sections = RESTORE_ORDER.filter(
    // Off by policy as a rule, and then nothing is on record.
    ({ id, isOff }) => isOff === undefined || byControl.has(id),
  ).map((control) => sectionOf(control, byControl.get(control.id), incident, others, context));
  const strangers = ledger.filter(
    ({ control }) => control !== SESSIONS && !RESTORE_ORDER.some(({ id }) => id === control),
  );
  const sessions = sessionLines(incident, byControl, context, now);
  const head = [
    comment(`Undo ${incident.id} without Tourniquet: ${incident.functionArn ?? 'no function'}`),
    comment(
      `From the ledger alone, as of ${now.toISOString()}, containment ${incident.containment}, status ${incident.status}`,
    ),
  ];
  const unknown = strangers.map(({ control, state }) =>
    comment(`${control}: ${state}: not a control that is known here, see the ledger`),
  );
  if (!sections.some(({ open }) => open)) {
    const said = sections.flatMap(({ lines }) => lines);
    return `${[...head, comment(ledger.length === 0 ? 'Nothing was changed' : 'Nothing is left to undo'), ...said, ...sessions, ...unknown].join('\n')}\n`;
  }
  return `${[
    ...head,
    comment(
      `With credentials of account ${incident.accountId ?? 'unknown'}: aws sts get-caller-identity says whose they are`,
    ),
    comment('In this order. Each line stands alone: one that fails because it is done already does no harm.'),
    comment('What somebody else changed meanwhile is overwritten: look first if in doubt.'),
    ...sections.flatMap(({ lines }) => ['', ...lines]),
    '',
    ...sessions,
    ...unknown,
    '',
    comment('Last, tell Tourniquet, which watches the function and closes the incident:'),
    comment(`npx tourniquet decide ${incident.id} --false-positive --reason released-by-hand`),
  ].join('\n')}\n`;
};

/** Reads the ledger and who else holds its roles, and writes the undo of an incident. */
export const readUndo = async (
  records: Records,
  incident: Incident,
  context: UndoContext,
): Promise<string> => {
  const ledger = await readLedgers(records, incident);
  const own = `${incident.id}#${incident.containment}`;
  const others = await Promise.all(
    rolesOf(incident, ledger).map(
      async (role) => [role, (await readHolders(records, role)).filter((holder) => holder !== own)] as const,
    ),
  );
  return undoText(incident, ledger, new Map(others), context, records.now());
};
