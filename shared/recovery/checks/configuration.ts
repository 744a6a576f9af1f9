import type { Deployed } from '../../suspect/deployed';
import type { GateFacts } from './facts';
import { type Found, failed, named, passed, unknown } from './found';

const added = (
  what: string,
  approved: Readonly<Record<string, string>>,
  contained: Readonly<Record<string, string>>,
  live: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.keys(contained)
    .filter((name) => !Object.hasOwn(approved, name) && Object.hasOwn(live, name))
    .map((name) => `${what} ${name} was added`);

/** A layer whatever its version: `arn:…:layer:name` of `arn:…:layer:name:7`. */
const layerOf = (arn: string): string => arn.replace(/:\d+$/, '');

/** A layer that was added is still there in whichever version; one that was there in another version, in that one alone. */
const layersLeft = (
  contained: readonly string[],
  deployed: readonly string[],
  approved: readonly string[],
): readonly string[] =>
  contained
    .filter((layer) => !approved.includes(layer))
    .flatMap((layer) => {
      const isNew = !approved.some((one) => layerOf(one) === layerOf(layer));
      const left = deployed.find((one) => one === layer || (isNew && layerOf(one) === layerOf(layer)));
      return left === undefined ? [] : [`the layer ${left} was added`];
    });

/** What changed between the last approved state and the containment, and is still there. */
const leftOver = (
  contained: Deployed,
  deployed: Deployed,
  approved: NonNullable<GateFacts['approved']>,
): readonly string[] => {
  const { state, deployed: comparable } = approved;
  return [
    ...layersLeft(contained.layers, deployed.layers, state.layers),
    ...added('the environment variable', state.environment, contained.environment, deployed.environment),
    ...Object.keys(contained.environment)
      .filter(
        (name) =>
          state.environment[name] !== undefined &&
          comparable.environment[name] !== state.environment[name] &&
          deployed.environment[name] === contained.environment[name],
      )
      .map((name) => `the environment variable ${name} was changed`),
    ...Object.keys(contained.settings)
      .filter(
        (name) =>
          state.settings[name] !== contained.settings[name] &&
          deployed.settings[name] === contained.settings[name],
      )
      .map((name) => `the setting ${name} was changed`),
    ...(state.role !== contained.role && deployed.role === contained.role
      ? [`the role was changed to ${contained.role}`]
      : []),
    ...(state.network !== contained.network && deployed.network === contained.network
      ? ['its network was changed']
      : []),
  ];
};

/** Without an approved state: layers that CloudTrail shows the intruder to have set. */
const plantedLayers = ({ deployed, policies: { planted } }: GateFacts): readonly string[] =>
  (planted ?? []).flatMap(({ what, by, at }) => {
    const layer = what.startsWith('layer ') ? layerOf(what.slice('layer '.length)) : null;
    const left = deployed.layers.find((one) => layerOf(one) === layer);
    return left === undefined ? [] : [`the layer ${left} was set by ${by} at ${at}`];
  });

/** Nothing of what was changed on the function before it was contained is left. Pure. */
export const configuration = (facts: GateFacts): Found => {
  const { incident, deployed, approved } = facts;
  const { containedConfiguration: contained } = incident;
  if (approved === null || contained === undefined) {
    const left = plantedLayers(facts);
    return left.length === 0
      ? unknown('there is no approved state of it to compare with')
      : failed(`before it was contained, and still so: ${named(left)}`);
  }
  const left = leftOver(contained, deployed, approved);
  return left.length === 0
    ? passed('nothing that was changed since the last approved state is left')
    : failed(`since the last approved state, and still so: ${left.join('; ')}`);
};
