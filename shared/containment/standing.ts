import type { Incident } from '../incident/incident';
import { extentOf } from './extent';
import type { LedgerRecord } from './ledger';
import type { Known, LiveFacts } from './liveFacts';

/** The function's open incident and what its ledger holds, as far as it could be read. */
export type Standing = {
  readonly incident: Incident | null;
  readonly ledger: readonly LedgerRecord[];
};

const ofFunction = ({ function: known }: LiveFacts): readonly string[] => {
  if ('notKnown' in known) return [`The state of the function is not known: ${known.notKnown}`];
  if (known.value === null) return ['The function does not exist any more'];
  const { state, stateReason, updateStatus, updateReason } = known.value;
  const because = (reason: string) => (reason === '' ? '' : `: ${reason}`);
  return [
    ...(state === 'Active'
      ? []
      : [
          `The function is ${state}${because(stateReason)}${state === 'Inactive' ? '; the next invocation makes it active again' : ''}`,
        ]),
    ...(updateStatus === 'InProgress'
      ? [
          'The function is being updated: changes of its configuration are refused until that ends, and are tried again',
        ]
      : []),
    ...(updateStatus === 'Failed' ? [`The last update of the function failed${because(updateReason)}`] : []),
  ];
};

const ofRole = ({ role }: LiveFacts): readonly string[] => {
  if ('notKnown' in role) return [`The role is not known: ${role.notKnown}`];
  return role.value === null
    ? ['The role is gone: the function cannot start, and credentials of the role are worth nothing']
    : [];
};

/** What looks like a containment that no incident tells of. */
const unexplained = ({ function: live, role }: LiveFacts): readonly string[] => [
  ...('value' in live && live.value?.reserved === 0
    ? ['Reserved concurrency is 0 already, and no open incident set it: somebody stopped the function']
    : []),
  ...('value' in role && role.value?.denied === true
    ? [
        'The deny policy is on the role already, and no open incident of this function put it there: another contained function may share the role',
      ]
    : []),
];

const IN_PLACE: readonly LedgerRecord['state'][] = ['held', 'not-needed'];

const ofIncident = ({ id, status }: Incident, ledger: readonly LedgerRecord[]): string => {
  switch (status) {
    case 'asking':
      return `${id} asks whether to contain it; nothing is changed yet`;
    case 'watching':
      return `${id} was released and is being watched: a new finding contains it again, with a new ledger`;
    case 'releasing':
      return `${id} is being released: what is still on is on its way off`;
    default: {
      const open = ledger.filter(({ state }) => !IN_PLACE.includes(state)).length;
      if (status === 'contained' && extentOf(ledger) === 'nothing')
        return `${id} could not contain it: nothing holds; what follows is what is left to do`;
      return status === 'contained' && open === 0
        ? `Contained already by ${id}: to put it back by hand, npx tourniquet undo ${id}`
        : `Partly contained by ${id}: ${ledger.length - open} control(s) settled, ${open} not in place; what follows is what is left to do`;
    }
  }
};

/** What is out of the ordinary about the function, one line each. */
export const standingLines = (
  facts: LiveFacts,
  open: Known<Standing>,
  refused: string | null,
): readonly string[] => [
  ...(refused === null ? [] : [`A guard refuses to contain it: ${refused}`]),
  ...('notKnown' in open
    ? [`Whether it has an open incident is not known: ${open.notKnown}`]
    : open.value.incident === null
      ? unexplained(facts)
      : [ofIncident(open.value.incident, open.value.ledger)]),
  ...ofFunction(facts),
  ...ofRole(facts),
];
