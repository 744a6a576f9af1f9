import { resourceOf } from './abilities';

/** Longer than any ARN that is of a kind looked for; what an attacker writes is not read without end. */
const ARN = /arn:aws[a-z-]{0,12}:[a-z0-9-]{2,32}:[a-z0-9-]{0,32}:\d{0,12}:[\w+=,.@/:-]{1,512}/g;

/** ARNs of resources that a text names, each once. */
export const arnsIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(ARN)].flatMap(([arn]) => {
      const resource = resourceOf(arn.replace(/[.,:/-]+$/, ''));
      return resource === null ? [] : [resource.arn];
    }),
  ),
];
