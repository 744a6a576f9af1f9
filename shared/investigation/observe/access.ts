import { text } from '../../detection/fields';
import type { Evidence, Recorded } from '../evidenceOf';
import type { Observation } from '../observation';
import { principalOf, sayWho } from '../who';

/** Makes it callable by everybody: a URL without authentication, a statement for `*` (Lambda API, AddPermission). */
const opens = ({ call }: Recorded): boolean => {
  if (call.service !== 'lambda' || call.error !== null) return false;
  if (/^(?:Create|Update)FunctionUrlConfig$/.test(call.name))
    return text(call.request, 'authType') === 'NONE';
  return call.name === 'AddPermission' && text(call.request, 'principal') === '*';
};

const RECENT_MS = 14 * 24 * 3_600_000;

/** Who may reach it, and since when. */
export const observeAccess = ({ management, openings, firstSign }: Evidence): readonly Observation[] => {
  const opened = (management ?? []).filter(
    (one) => opens(one) && one.at <= firstSign && Date.parse(firstSign) - Date.parse(one.at) <= RECENT_MS,
  );
  const [first] = opened;
  const [standing] = openings ?? [];
  const principal = first === undefined ? null : principalOf(first.call);
  return [
    ...(first === undefined
      ? []
      : [
          {
            id: 'opened' as const,
            what: `${sayWho(first.call)} opened it to everybody at ${first.at} (${first.call.name})`,
            artifacts: [first.artifact] as const,
            at: first.at,
            ...(principal === null ? {} : { principal }),
          },
        ]),
    ...(standing === undefined
      ? []
      : [
          {
            id: 'stands-open' as const,
            what: `It stands open: ${standing.what}`,
            artifacts: [standing.artifact] as const,
          },
        ]),
  ];
};
