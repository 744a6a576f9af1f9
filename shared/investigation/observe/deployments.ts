import { list, textOf, at as valueAt } from '../../detection/fields';
import { isKnownDeployer, NO_SETTING } from '../../detection/setting';
import type { Evidence, Recorded } from '../evidenceOf';
import type { Observation } from '../observation';
import { clientOf } from '../unusual';
import { isOneOf, principalOf, sayWho } from '../who';

const DEPLOYS = ['UpdateFunctionCode', 'CreateFunction'];

/** What was deployed longer ago than that is not what began now. */
const RECENT_MS = 14 * 24 * 3_600_000;

const isRecent = (at: string, { firstSign }: Evidence): boolean =>
  at <= firstSign && Date.parse(firstSign) - Date.parse(at) <= RECENT_MS;

/** The successful changes of the code, oldest first. */
export const deploymentsIn = ({ management }: Evidence): readonly Recorded[] =>
  (management ?? []).filter(
    ({ call }) => call.service === 'lambda' && call.error === null && DEPLOYS.includes(call.name),
  );

/** The last deployment before the first sign, where it is recent. */
export const lastDeployment = (evidence: Evidence): Recorded | null =>
  deploymentsIn(evidence)
    .filter(({ at }) => isRecent(at, evidence))
    .at(-1) ?? null;

const observeCodeDeployment = (evidence: Evidence): readonly Observation[] => {
  const deployment = lastDeployment(evidence);
  if (deployment === null) return [];
  const { artifact, at, call } = deployment;
  const principal = principalOf(call);
  const earlier = deploymentsIn(evidence).filter((one) => one.at < at);
  const same = earlier.filter((one) => isOneOf(principal, [principalOf(one.call)]));
  const listed = isKnownDeployer(call, { ...NO_SETTING, knownDeployers: evidence.knownDeployers });
  const about = {
    artifacts: [artifact] as const,
    at,
    ...(principal === null ? {} : { principal }),
  };
  const who = sayWho(call);
  if (!listed && same.length === 0) {
    // With nobody to compare with, nobody is a stranger.
    if (earlier.length === 0 && evidence.knownDeployers.length === 0) return [];
    return [
      {
        id: 'deployer-unknown',
        what: `The code was deployed at ${at} by ${who}, who is no known deployer and is not seen to have deployed it before`,
        ...about,
      },
    ];
  }
  const isElsewhere =
    same.length > 0 &&
    same.every((one) => clientOf(one.call) !== clientOf(call) && one.call.address !== call.address);
  return isElsewhere
    ? [
        {
          id: 'deployer-elsewhere',
          what: `The code was deployed at ${at} by ${who}: the principal that always deploys it, with a client and from an address that it never used for that before`,
          ...about,
          ...(call.address === null ? {} : { address: call.address }),
        },
      ]
    : [
        {
          id: 'deployer-usual',
          what: `The code was deployed at ${at} by ${who}, as ${listed ? 'policy lists it' : `${same.length} time(s) before`}`,
          ...about,
        },
      ];
};

const layersSetBy = ({ call }: Recorded): readonly string[] =>
  list(valueAt(call.request, 'layers')).flatMap((one) => textOf(one) ?? textOf(valueAt(one, 'arn')) ?? []);

/** The layers that a recent change of the configuration brought. */
const observeLayerChanges = (evidence: Evidence): readonly Observation[] => {
  const sets = (evidence.management ?? []).filter(
    ({ call }) =>
      call.service === 'lambda' &&
      call.error === null &&
      ['UpdateFunctionConfiguration', 'CreateFunction'].includes(call.name) &&
      layersSetBy({ artifact: '', at: '', call }).length > 0,
  );
  const known = new Set<string>();
  return sets.flatMap((change): readonly Observation[] => {
    const { artifact, at, call } = change;
    const added = layersSetBy(change).filter((arn) => !known.has(arn));
    for (const arn of added) known.add(arn);
    if (added.length === 0 || !isRecent(at, evidence)) return [];
    const principal = principalOf(call);
    const about = { artifacts: [artifact] as const, at, ...(principal === null ? {} : { principal }) };
    const account = evidence.functionArn.split(':')[4];
    const foreign = added.filter((arn) => arn.split(':')[4] !== account);
    return [
      { id: 'layer-added', what: `${sayWho(call)} added ${added.join(', ')} at ${at}`, ...about },
      ...(foreign.length === 0
        ? []
        : [
            {
              id: 'layer-foreign' as const,
              what: `${foreign.join(', ')}, added at ${at}, is another account's`,
              ...about,
            },
          ]),
    ];
  });
};

/** Who deployed, and what was put beside the code. */
export const observeDeployments = (evidence: Evidence): readonly Observation[] => [
  ...observeCodeDeployment(evidence),
  ...observeLayerChanges(evidence),
];
