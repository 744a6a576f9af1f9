import { text } from '../../detection/fields';
import { isForeign, NO_SETTING } from '../../detection/setting';
import { changePointOf } from '../changePoint';
import type { Evidence } from '../evidenceOf';
import type { Observation } from '../observation';
import { actionOf, firstUnusual, outsideCalls, ownCalls, unusualCalls, usualUntil } from '../unusual';
import { isOneOf, principalOf, sayWho } from '../who';

/** A request is taken to have caused what was unusual within so long after it. */
const FOLLOWS_MS = 60 * 60_000;

const distinct = (texts: readonly string[], most: number): string => {
  const all = [...new Set(texts)];
  return `${all.slice(0, most).join(', ')}${all.length > most ? ` and ${all.length - most} more` : ''}`;
};

const quote = (line: string): string => JSON.stringify(line.slice(0, 160));

/** What callers sent, and what ran, as the log has it. */
const observeLogs = (evidence: Evidence): readonly Observation[] => {
  const said = evidence.said ?? [];
  const requests = said.filter(({ kind }) => kind === 'request');
  const ran = said.filter(({ kind }) => kind === 'ran');
  const unusual = firstUnusual(evidence);
  const followed = requests.filter(
    ({ at }) => unusual !== null && at <= unusual.at && Date.parse(unusual.at) - Date.parse(at) <= FOLLOWS_MS,
  );
  const [first] = followed;
  const [alone] = requests;
  const [running] = ran;
  return [
    ...(first !== undefined && unusual !== null
      ? [
          {
            id: 'request-followed' as const,
            what: `A request with an attack in it (${first.title}) at ${first.at} precedes what was first unusual, at ${unusual.at}: ${quote(first.text)}`,
            artifacts: [
              first.artifact,
              ...(unusual.artifact === first.artifact ? [] : [unusual.artifact]),
            ] as [string, ...string[]],
            at: first.at,
            principal: evidence.roleArn,
          },
        ]
      : alone === undefined
        ? []
        : [
            {
              id: 'request-alone' as const,
              what: `A request had an attack in it (${alone.title}) at ${alone.at}, and nothing unusual is seen to follow it: ${quote(alone.text)}`,
              artifacts: [alone.artifact] as const,
              at: alone.at,
            },
          ]),
    ...(running === undefined
      ? []
      : [
          {
            id: 'ran' as const,
            what: `The log shows what ran (${running.title}), ${ran.length} line(s), first at ${running.at}: ${quote(running.text)}`,
            artifacts: [running.artifact] as const,
            at: running.at,
          },
        ]),
  ];
};

/** What was done with the role's credentials. */
const observeSessions = (evidence: Evidence): readonly Observation[] => {
  const { sessions, roleArn, functionName } = evidence;
  if (sessions === null) return [];
  const outside = outsideCalls(evidence);
  const unusual = unusualCalls(evidence);
  const until = usualUntil(evidence);
  const own = ownCalls(evidence);
  const assumed = sessions.filter(
    ({ call }) =>
      call.service === 'sts' &&
      call.name.startsWith('AssumeRole') &&
      call.error === null &&
      !call.caller.isService &&
      call.caller.roleArn !== roleArn &&
      text(call.request, 'roleSessionName') !== functionName,
  );
  const before = assumed.filter(({ at }) => at < until).map(({ call }) => principalOf(call));
  const [stranger] = assumed.filter(({ at, call }) => at >= until && !isOneOf(principalOf(call), before));
  const keys = own.filter(({ call }) => call.error === null && actionOf(call) === 'iam:CreateAccessKey');
  const [firstOutside] = outside;
  const [firstUnusualCall] = unusual;
  const [key] = keys;
  return [
    ...(firstOutside === undefined
      ? []
      : [
          {
            id: 'used-outside' as const,
            what: `The role's credentials were used outside Lambda, first at ${firstOutside.at} by ${sayWho(firstOutside.call)}: ${outside.length} call(s), ${distinct(
              outside.map(({ call }) => actionOf(call)),
              5,
            )}`,
            artifacts: [firstOutside.artifact] as const,
            at: firstOutside.at,
            principal: roleArn,
          },
        ]),
    ...(stranger === undefined
      ? []
      : [
          {
            id: isForeign(stranger.call.caller.account ?? '', stranger.call, NO_SETTING)
              ? ('role-assumed-foreign' as const)
              : ('role-assumed' as const),
            what: `${sayWho(stranger.call)} assumed the role at ${stranger.at}, and is not seen to have done so before`,
            artifacts: [stranger.artifact] as const,
            at: stranger.at,
            ...(principalOf(stranger.call) === null ? {} : { principal: principalOf(stranger.call) ?? '' }),
          },
        ]),
    ...(key === undefined
      ? []
      : [
          {
            id: 'key-created' as const,
            what: `An access key was created with the role at ${key.at} by ${sayWho(key.call)}: a way back in that outlasts the session`,
            artifacts: [key.artifact] as const,
            at: key.at,
            principal: roleArn,
          },
        ]),
    ...(firstUnusualCall === undefined
      ? []
      : [
          {
            id: 'calls-unusual' as const,
            what: `The role made calls that it did not make before ${until}, first at ${firstUnusualCall.at}: ${distinct(
              unusual.map(({ call }) => actionOf(call)),
              5,
            )}`,
            artifacts: [firstUnusualCall.artifact] as const,
            at: firstUnusualCall.at,
          },
        ]),
    ...(own.some(({ at }) => at < until) && outside.length + unusual.length === 0
      ? [
          {
            id: 'calls-usual' as const,
            what: `In ${own.length} recorded call(s) the role did nothing that it did not do before`,
            artifacts: [own[0]?.artifact ?? 'behaviour/role-sessions.jsonl'] as const,
          },
        ]
      : []),
  ];
};

/** Where the invocations shift. */
const observeMetrics = ({ series }: Evidence): readonly Observation[] =>
  series
    .filter(({ metric }) => metric === 'Invocations Sum')
    .flatMap(({ artifact, points, periodSeconds }) => {
      const change = changePointOf(points.map(({ value }) => value));
      if (change === null || change.after <= change.before) return [];
      const at = points[change.index]?.at ?? '';
      return [
        {
          id: 'calls-rose' as const,
          what: `Its invocations rose from ${change.before.toFixed(1)} to ${change.after.toFixed(1)} in ${periodSeconds / 60} min, from ${at} on`,
          artifacts: [artifact] as const,
          at,
        },
      ];
    });

export const observeBehaviour = (evidence: Evidence): readonly Observation[] => [
  ...observeLogs(evidence),
  ...observeSessions(evidence),
  ...observeMetrics(evidence),
];
